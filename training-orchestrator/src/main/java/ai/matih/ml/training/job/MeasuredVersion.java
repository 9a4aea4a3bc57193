package ai.matih.ml.training.job;

import java.util.Map;

/**
 * How well a version did on a data set.
 *
 * @param digest of the version's files
 * @param rows with a target, which the metrics are of
 * @param engine what scored them
 */
public record MeasuredVersion(
    String digest,
    String dataDigest,
    String targetColumn,
    long rows,
    long rowsWithoutTarget,
    Map<String, Double> metrics,
    String engine)
    implements JobResult {

  public MeasuredVersion {
    metrics = Map.copyOf(metrics);
  }
}
