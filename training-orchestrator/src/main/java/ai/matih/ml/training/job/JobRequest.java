package ai.matih.ml.training.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A training job as a person asks for it; everything optional may be absent. */
public record JobRequest(
    Optional<String> name,
    Optional<String> experimentId,
    Optional<String> algorithm,
    Optional<String> task,
    Optional<Dataset> dataset,
    Optional<Features> features,
    Optional<String> targetColumn,
    Optional<List<String>> featureColumns,
    Optional<Split> split,
    Optional<Map<String, Object>> hyperparameters,
    Optional<Map<String, Object>> tuning,
    Optional<Resources> resources,
    Optional<Checkpoints> checkpoints,
    Optional<Integer> maxFailures,
    Optional<String> timeout,
    Optional<Integer> priority,
    Optional<Register> register) {

  /**
   * @param source {@code dataset:name[@digest]} or {@code s3://…} below the tenant's own prefix
   */
  public record Dataset(Optional<String> source) {}

  /**
   * A point-in-time join.
   *
   * @param entitySource like a data set's source; holds the target, the join keys and the timestamp
   */
  public record Features(
      Optional<String> entitySource,
      Optional<String> timestampColumn,
      Optional<List<String>> features,
      Optional<String> featureService) {}

  public record Split(
      Optional<String> strategy,
      Optional<Double> testSize,
      Optional<Long> seed,
      Optional<String> timeColumn) {}

  public record Resources(
      Optional<Integer> numWorkers,
      Optional<Double> cpusPerWorker,
      Optional<Double> gpusPerWorker,
      Optional<Long> memoryBytesPerWorker) {}

  public record Checkpoints(Optional<Integer> frequency, Optional<Integer> keep) {}

  public record Register(Optional<String> modelId) {}

  /** The timeout when none is asked for. */
  static final Duration DEFAULT_TIMEOUT = Duration.ofHours(2);
}
