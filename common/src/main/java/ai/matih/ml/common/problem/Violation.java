package ai.matih.ml.common.problem;

/**
 * One invalid field of a request.
 *
 * @param field path of the field as the caller wrote it, for example {@code split.test_size}
 * @param message what is wrong and what would be right
 */
public record Violation(String field, String message) {}
