package ai.matih.ml.training.job;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A training that another job repeats, to see whether it comes out the same.
 *
 * @param metrics of the held-out rows, as they were then
 * @param dataDigest of the rows that were read
 */
public record Original(JobId job, Map<String, Double> metrics, String dataDigest) {

  public Original {
    metrics = Map.copyOf(metrics);
  }

  /**
   * One metric of both.
   *
   * @param original absent where only the repetition has it
   * @param reproduced absent where only the original had it
   */
  public record Metric(String name, Optional<Double> original, Optional<Double> reproduced) {

    /** To the last bit; two that are not a number are equal. */
    public boolean isEqual() {
      return original.equals(reproduced);
    }

    /** By how much the repetition is larger. */
    public Optional<Double> difference() {
      return original.flatMap(then -> reproduced.map(now -> now - then));
    }
  }

  /** Every metric of either one, by name. */
  public List<Metric> compare(TrainedModel again) {
    Map<String, @Nullable Double> names = new TreeMap<>(metrics);
    names.putAll(again.metrics());
    return names.keySet().stream()
        .map(
            name ->
                new Metric(
                    name,
                    Optional.ofNullable(metrics.get(name)),
                    Optional.ofNullable(again.metrics().get(name))))
        .toList();
  }

  /** Whether the repetition gave the same numbers, and there are some, from the same rows. */
  public boolean isReproducedBy(TrainedModel again) {
    List<Metric> compared = compare(again);
    return hasDataOf(again) && !compared.isEmpty() && compared.stream().allMatch(Metric::isEqual);
  }

  /** Whether the repetition read the same rows. */
  public boolean hasDataOf(TrainedModel again) {
    return Objects.equals(dataDigest, again.dataDigest());
  }
}
