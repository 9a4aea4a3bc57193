package ai.matih.ml.training.job;

import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.training.algorithm.Task;
import ai.matih.ml.training.cluster.Capacity;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.Optional;

/**
 * What a job is to do: make a model, or find something out about a version that is there. All kinds
 * live the same life.
 */
@JsonTypeInfo(
    use = JsonTypeInfo.Id.NAME,
    property = "kind",
    defaultImpl = TrainingSpecification.class)
@JsonSubTypes({
  @JsonSubTypes.Type(value = TrainingSpecification.class, name = "training"),
  @JsonSubTypes.Type(value = PreparationSpecification.class, name = "preparation"),
  @JsonSubTypes.Type(value = EvaluationSpecification.class, name = "evaluation"),
  @JsonSubTypes.Type(value = TestsSpecification.class, name = "tests")
})
public sealed interface JobSpecification
    permits JobSpecification.MakesModel, JobSpecification.AboutVersion {

  /** One word for the kind, as callers see it. */
  default String kind() {
    return switch (this) {
      case TrainingSpecification _ -> "training";
      case PreparationSpecification _ -> "preparation";
      case EvaluationSpecification _ -> "evaluation";
      case TestsSpecification _ -> "tests";
    };
  }

  String name();

  Resources resources();

  /** What it takes of the cluster at once. */
  default Resources atOnce() {
    return resources();
  }

  Duration timeout();

  int priority();

  /** Work that makes a model: it has a run in MLflow, and the model may become a version. */
  sealed interface MakesModel extends JobSpecification
      permits TrainingSpecification, PreparationSpecification {

    /** Where its run is made; absent for an experiment that is called like the job. */
    Optional<String> experimentId();

    /** The registered model that gets a version of what was made. */
    Optional<String> registerModel();

    Task task();
  }

  /** Work about a version of the registry: one process with its files, and no run in MLflow. */
  sealed interface AboutVersion extends JobSpecification
      permits EvaluationSpecification, TestsSpecification {

    VersionFiles version();

    @Override
    default String name() {
      return "%s of %s version %d".formatted(kind(), version().modelId(), version().number());
    }

    @Override
    default Resources resources() {
      return new Resources(1, 1, 0, Optional.empty());
    }

    @Override
    default int priority() {
      return 0;
    }
  }

  /**
   * The Parquet file with the target: the data set itself or the entity rows of a join.
   *
   * @param reference as it was asked for, with the digest of the version
   * @param digest of the uploaded bytes; unknown for files that were put there otherwise
   */
  public record Source(String reference, S3Uri uri, Optional<String> digest) {}

  public record Resources(
      int numWorkers,
      double cpusPerWorker,
      double gpusPerWorker,
      Optional<Long> memoryBytesPerWorker) {

    /** So many of these workers. */
    Resources times(int count) {
      return new Resources(numWorkers * count, cpusPerWorker, gpusPerWorker, memoryBytesPerWorker);
    }

    public double cpus() {
      return numWorkers * cpusPerWorker;
    }

    public double gpus() {
      return numWorkers * gpusPerWorker;
    }

    public long memoryBytes() {
      return numWorkers * memoryBytesPerWorker.orElse(0L);
    }

    /** Why the cluster could not hold all workers at once even if it were empty. */
    Optional<String> tooLargeFor(Capacity capacity) {
      int most = capacity.holds(cpusPerWorker, gpusPerWorker, memoryBytesPerWorker.orElse(0L));
      // A cluster without nodes is one that has yet to start.
      if (most >= numWorkers || capacity.nodes().isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          "The cluster can hold %d such workers at once; it has %s CPUs, %s GPUs and %d bytes of memory on %d nodes."
              .formatted(
                  most,
                  text(capacity.cpus()),
                  text(capacity.gpus()),
                  capacity.memoryBytes(),
                  capacity.nodes().size()));
    }

    private static String text(double value) {
      return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
  }
}
