package ai.matih.ml.registry.model;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How well a version did on held-out data.
 *
 * @param datasetDigest names the data; two evaluations compare only when it is the same
 */
public record Evaluation(
    Optional<String> datasetDigest, Optional<Long> rows, Map<String, Double> metrics) {

  public static final Evaluation NONE =
      new Evaluation(Optional.empty(), Optional.empty(), Map.of());

  public Evaluation(
      Optional<String> datasetDigest, Optional<Long> rows, @Nullable Map<String, Double> metrics) {
    this.datasetDigest = datasetDigest;
    this.rows = rows;
    this.metrics = metrics == null ? Map.of() : Map.copyOf(metrics);
  }

  /** A metric that is a number; NaN and infinities are as good as missing. */
  public Optional<Double> metric(String name) {
    return Optional.ofNullable(metrics.get(name)).filter(Double::isFinite);
  }
}
