package ai.matih.ml.training.job;

import ai.matih.ml.common.storage.S3Uri;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A training job that was checked: complete, with every default filled in. */
public record JobSpecification(
    String name,
    Optional<String> experimentId,
    Algorithm algorithm,
    Task task,
    Source source,
    Optional<Join> join,
    String targetColumn,
    Optional<List<String>> featureColumns,
    Split split,
    Map<String, Object> hyperparameters,
    Resources resources,
    Checkpoints checkpoints,
    int maxFailures,
    Duration timeout,
    int priority,
    Optional<String> registerModel) {

  /** What can be trained today. */
  public enum Algorithm {
    XGBOOST,
    RANDOM_FOREST;

    public String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** What is learned. */
  public enum Task {
    CLASSIFICATION,
    REGRESSION;

    public String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * The Parquet file with the target: the data set itself or the entity rows of a join.
   *
   * @param reference as it was asked for, with the digest of the version
   * @param digest of the uploaded bytes; unknown for files that were put there otherwise
   */
  public record Source(String reference, S3Uri uri, Optional<String> digest) {}

  /** Which features are joined; the plan itself is asked for when the job is prepared. */
  public record Join(
      String timestampColumn, Optional<List<String>> features, Optional<String> featureService) {}

  public record Split(String strategy, double testSize, long seed, Optional<String> timeColumn) {}

  public record Resources(
      int numWorkers,
      double cpusPerWorker,
      double gpusPerWorker,
      Optional<Long> memoryBytesPerWorker) {

    public double cpus() {
      return numWorkers * cpusPerWorker;
    }

    public double gpus() {
      return numWorkers * gpusPerWorker;
    }

    public long memoryBytes() {
      return numWorkers * memoryBytesPerWorker.orElse(0L);
    }
  }

  public record Checkpoints(int frequency, int keep) {}

  public JobSpecification {
    featureColumns = featureColumns.map(List::copyOf);
    hyperparameters = Map.copyOf(hyperparameters);
  }
}
