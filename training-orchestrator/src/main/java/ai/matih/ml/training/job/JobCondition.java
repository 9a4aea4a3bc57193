package ai.matih.ml.training.job;

import java.time.Instant;

/**
 * One thing that is true or false of a job.
 *
 * @param reason from a closed list, for programs
 * @param since when the status changed last
 */
public record JobCondition(
    Type type, boolean status, Reason reason, String message, Instant since) {

  public enum Type {
    /** The services and the store around the cluster answer. */
    NEIGHBOURS_REACHABLE,
    /** The cluster has room for it. */
    ADMITTED,
    /** The cluster answers. */
    CLUSTER_REACHABLE,
    /** The trained model became a version. */
    REGISTERED
  }

  public enum Reason {
    DONE,
    ENGINE_UNAVAILABLE,
    WAITING_FOR_CAPACITY,
    CLUSTER_NOT_SAFE,
    WAITING,
    REFUSED
  }
}
