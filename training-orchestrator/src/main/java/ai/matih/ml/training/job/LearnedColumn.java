package ai.matih.ml.training.job;

import java.util.Optional;

/**
 * How a model learned from a column.
 *
 * @param encoding {@code number}, {@code standardized}, {@code native}, {@code one_hot}, {@code
 *     ordinal} or {@code frequency}
 * @param categories how many texts are known
 * @param missing {@code kept}, {@code filled} or {@code zeros}
 * @param fill what stands for a missing value
 */
public record LearnedColumn(
    String name,
    String encoding,
    Optional<Integer> categories,
    String missing,
    Optional<Double> fill) {}
