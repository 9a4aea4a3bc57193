package ai.matih.ml.training.algorithm;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One hyperparameter: what it may be, and its default.
 *
 * @param above a number must be greater than it; {@code minimum} is allowed itself
 * @param choices texts that are allowed; beside a number if it is a {@code FRACTION}
 * @param defaultValue absent where the library's own default holds
 * @param onlyFor {@code classification}, or {@code binary} for classification with two classes
 */
public record Hyperparameter(
    Type type,
    Optional<Double> minimum,
    Optional<Double> above,
    Optional<Double> maximum,
    Optional<List<String>> choices,
    @JsonProperty("default") Optional<Object> defaultValue,
    Optional<Map<String, Object>> defaultByTask,
    Optional<String> onlyFor,
    String description) {

  private static final double LARGEST_WEIGHT = 1e9;

  /**
   * What values it has. A fraction is a number above 0 up to 1, a class weight is one per class.
   */
  public enum Type {
    INTEGER,
    NUMBER,
    CHOICE,
    FRACTION,
    CLASS_WEIGHT
  }

  /** Whether it may have this value. */
  public boolean allows(Object value) {
    if (value instanceof String text) {
      return choices.orElse(List.of()).contains(text);
    }
    return switch (type) {
      case CHOICE -> false;
      case INTEGER ->
          (value instanceof Integer || value instanceof Long) && inRange((Number) value);
      case NUMBER -> value instanceof Number number && inRange(number);
      case FRACTION ->
          value instanceof Number number && number.doubleValue() > 0 && number.doubleValue() <= 1;
      case CLASS_WEIGHT ->
          value instanceof Map<?, ?> weights
              && !weights.isEmpty()
              && weights.values().stream().allMatch(Hyperparameter::isWeight);
    };
  }

  private static boolean isWeight(Object value) {
    return value instanceof Number number
        && number.doubleValue() > 0
        && number.doubleValue() <= LARGEST_WEIGHT;
  }

  private boolean inRange(Number number) {
    double value = number.doubleValue();
    return !Double.isNaN(value)
        && minimum.map(least -> value >= least).orElse(true)
        && above.map(bound -> value > bound).orElse(true)
        && maximum.map(most -> value <= most).orElse(true);
  }

  /** What {@link #allows} accepts, as the end of a sentence. */
  public String allowed() {
    return switch (type) {
      case INTEGER -> "an integer from %s to %s".formatted(text(minimum), text(maximum));
      case NUMBER ->
          above.isPresent()
              ? "a number above %s up to %s".formatted(text(above), text(maximum))
              : "a number from %s to %s".formatted(text(minimum), text(maximum));
      case CHOICE -> "one of " + String.join(", ", choices.orElse(List.of()));
      case FRACTION -> String.join(", ", choices.orElse(List.of())) + " or a fraction";
      case CLASS_WEIGHT ->
          String.join(", ", choices.orElse(List.of()))
              + " or an object with a positive weight by class";
    };
  }

  /** The default, as the end of a sentence. */
  Optional<String> defaultText() {
    return defaultByTask
        .map(
            byTask ->
                String.join(
                    ", ",
                    byTask.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> text(entry.getValue()) + " for " + entry.getKey())
                        .toList()))
        .or(() -> defaultValue.map(Hyperparameter::text));
  }

  private static String text(Optional<Double> bound) {
    return bound.map(Hyperparameter::text).orElse("any");
  }

  private static String text(Object value) {
    return value instanceof Double number && number == Math.rint(number)
        ? Long.toString(number.longValue())
        : value.toString();
  }
}
