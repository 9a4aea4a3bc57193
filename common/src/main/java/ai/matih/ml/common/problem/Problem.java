package ai.matih.ml.common.problem;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An expected refusal; becomes an RFC 9457 answer. Its detail and parameters are shown to the
 * caller.
 */
public final class Problem extends RuntimeException {

  private final transient ErrorCode error;
  private final transient Map<String, Object> params = new LinkedHashMap<>();
  private final transient List<Violation> violations;
  private transient Optional<Duration> retryAfter = Optional.empty();

  public Problem(ErrorCode error, String detail) {
    this(error, detail, List.of());
  }

  private Problem(ErrorCode error, String detail, List<Violation> violations) {
    super(detail);
    this.error = error;
    this.violations = List.copyOf(violations);
  }

  /** 400 with every invalid field named. */
  public static Problem invalid(List<Violation> violations) {
    String fields =
        String.join(", ", violations.stream().map(Violation::field).distinct().toList());
    return new Problem(CommonError.INVALID_REQUEST, "Invalid: " + fields, violations);
  }

  /** 400 with one invalid field. */
  public static Problem invalid(String field, String message) {
    return invalid(List.of(new Violation(field, message)));
  }

  /** 503 for want of a place or of memory. */
  public static Problem overloaded() {
    return new Problem(
            CommonError.OVERLOADED, "This service is at its limit of requests; try again shortly.")
        .retryAfter(Duration.ofSeconds(1));
  }

  /** Adds a fact that a program may want, for example the id that was not found. */
  public Problem with(String param, Object value) {
    params.put(param, value);
    return this;
  }

  /** Tells the caller when a repeat makes sense; sent as {@code Retry-After}. */
  public Problem retryAfter(Duration wait) {
    retryAfter = Optional.of(wait);
    return this;
  }

  public ErrorCode error() {
    return error;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  /** The detail, with what is wrong with each field. */
  public String inWords() {
    return violations.isEmpty()
        ? detail()
        : violations.stream()
            .map(violation -> violation.field() + " " + violation.message())
            .collect(Collectors.joining("; "));
  }

  public Map<String, Object> params() {
    return Map.copyOf(params);
  }

  public List<Violation> violations() {
    return violations;
  }

  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
