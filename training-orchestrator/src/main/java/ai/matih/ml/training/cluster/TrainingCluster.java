package ai.matih.ml.training.cluster;

import ai.matih.ml.common.http.EngineFailure;
import java.util.List;
import java.util.Optional;

/**
 * A cluster that runs training code.
 *
 * <p>Every method may throw an {@link EngineFailure}. Reads are repeatable. A submission id is
 * accepted once in the life of a session; a new session has forgotten all of them.
 */
public interface TrainingCluster {

  /**
   * Names the present life of the cluster; another name later means that it started anew and forgot
   * everything.
   *
   * @throws ClusterNotSafe when the cluster accepts callers without credentials
   */
  String session();

  /** All submissions that have an id of ours, running and ended. */
  List<ClusterJob> jobs();

  /** Empty when the cluster does not know the id (any more). */
  Optional<ClusterJob> job(SubmissionId id);

  /**
   * Submits an attempt. A repeat with an id that is known does nothing and says so.
   *
   * @throws EngineFailure.Refused the cluster will never take it
   * @throws EngineFailure.Unavailable it was not submitted
   * @throws EngineFailure.OutcomeUnknown or {@link EngineFailure.Misbehaved}: ask by {@link #job}
   * @throws ClusterNotSafe when the cluster accepts callers without credentials; nothing was
   *     submitted over
   */
  Accepted submit(Submission submission);

  /** Whether a submission was new to the cluster. */
  enum Accepted {
    NEW,
    KNOWN_ALREADY
  }

  /**
   * Asks for an end, which comes later or, for a submission that has not begun, possibly never or
   * by not being known any more. Repeatable; no effect on ended or unknown ones.
   */
  void stop(SubmissionId id);

  /**
   * Drops what is left of an ended submission that nobody will ask for again; when, is the
   * cluster's decision. Repeatable; no effect on living or unknown ones.
   */
  default void forget(ClusterJob ended) {}

  /** The end of what the code printed, with our secrets masked; empty when the id is not known. */
  Optional<JobLog> log(SubmissionId id);

  Capacity capacity();
}
