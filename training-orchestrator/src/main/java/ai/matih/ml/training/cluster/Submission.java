package ai.matih.ml.training.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One attempt as it is given to the cluster.
 *
 * @param environment of the code; holds secrets
 * @param labels shown by the cluster to whoever may see it; hold none
 * @param size for clusters that are made for the attempt
 * @param timeout after which the code is ended, even if nobody is there any more to ask for it
 */
public record Submission(
    SubmissionId id,
    String entrypoint,
    Map<String, String> environment,
    Map<String, String> labels,
    Size size,
    Optional<Duration> timeout) {

  /**
   * What the workers need, each on one machine.
   *
   * @param besideDriver whether the code starts its workers itself, also a single one
   */
  public record Size(
      int workers,
      double cpusPerWorker,
      double gpusPerWorker,
      Optional<Long> memoryPerWorker,
      boolean besideDriver) {

    public Size(
        int workers, double cpusPerWorker, double gpusPerWorker, Optional<Long> memoryPerWorker) {
      this(workers, cpusPerWorker, gpusPerWorker, memoryPerWorker, false);
    }
  }

  public Submission {
    environment = Map.copyOf(environment);
    labels = Map.copyOf(labels);
  }

  /** One worker with one CPU, without a limit of time. */
  public Submission(
      SubmissionId id,
      String entrypoint,
      Map<String, String> environment,
      Map<String, String> labels) {
    this(
        id, entrypoint, environment, labels, new Size(1, 1, 0, Optional.empty()), Optional.empty());
  }

  @Override
  public String toString() {
    return "Submission[" + id + "]";
  }
}
