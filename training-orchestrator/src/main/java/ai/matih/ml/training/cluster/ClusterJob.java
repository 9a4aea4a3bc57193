package ai.matih.ml.training.cluster;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the cluster knows of a submission. Its own messages stay behind: they quote logs and
 * secrets.
 *
 * @param driverLost the cluster itself lost the process, which is no verdict on the code
 * @param exitStatus of the code, when it ended by itself
 */
public record ClusterJob(
    SubmissionId id,
    Status status,
    boolean driverLost,
    Optional<Integer> exitStatus,
    Map<String, String> labels,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {

  /** As the cluster counts. */
  public enum Status {
    PENDING,
    RUNNING,
    STOPPED,
    SUCCEEDED,
    FAILED;

    public boolean isTerminal() {
      return this == STOPPED || this == SUCCEEDED || this == FAILED;
    }
  }

  public ClusterJob {
    labels = Map.copyOf(labels);
  }
}
