package ai.matih.ml.training.job;

/**
 * Why a job failed, for people and programs.
 *
 * @param code from a closed list: those of the training code, and ours
 */
public record JobFailure(String code, String message) {

  /** Ours, beside those of the training code. */
  public static final String EXPERIMENT_NOT_FOUND = "experiment_not_found";

  public static final String FEATURES_REFUSED = "features_refused";
  public static final String INSUFFICIENT_RESOURCES = "insufficient_resources";
  public static final String CLUSTER_REFUSED = "cluster_refused";
  public static final String TIMEOUT = "timeout";
  public static final String LOST_TOO_OFTEN = "lost_too_often";
  public static final String STOPPED = "stopped";
  public static final String RESULT_INVALID = "result_invalid";

  /** The model was trained and is kept; only its version is missing. */
  public static final String REGISTRATION_REFUSED = "registration_refused";

  public static final String SUPERSEDED = "superseded";

  /** Said by the training code; no end of the job but of its attempt. */
  public static final String CLUSTER_LOST = "cluster_lost";

  public static final String TRAINING_FAILED = "training_failed";
}
