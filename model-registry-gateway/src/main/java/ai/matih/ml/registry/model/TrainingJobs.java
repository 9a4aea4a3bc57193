package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.RunId;
import java.util.Optional;

/**
 * What the platform itself trained and measured. Repeatable; when there is no answer an {@code
 * EngineFailure} says why.
 */
public interface TrainingJobs {

  /** Empty when the tenant has no such job. */
  Optional<TrainingJob> find(String jobId);

  /**
   * A job with its result, as the training service vouches for it.
   *
   * @param prepared whether it made its model of one that somebody logged, and measured nothing
   * @param result absent while there is none
   */
  record TrainingJob(
      String id,
      boolean prepared,
      String status,
      Optional<Result> result,
      Optional<String> submittedBy) {

    /** A job that trained its model. */
    public TrainingJob(
        String id, String status, Optional<Result> result, Optional<String> submittedBy) {
      this(id, false, status, result, submittedBy);
    }
  }

  /** The model that a job made and how well it did. */
  record Result(RunId run, Digest digest, Evaluation evaluation) {}
}
