package ai.matih.ml.training.job;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What can happen to a job. */
public enum JobEvent {
  /** Run, data and room are there; the attempt's id is chosen. */
  PREPARED,
  /** The cluster has the submission. */
  ACCEPTED,
  /** It was sent and no answer came. */
  ANSWER_MISSING,
  /** Asked, the same cluster has never seen it. */
  NOT_FOUND,
  /** The cluster started anew, or dropped the record. */
  FORGOTTEN,
  STARTED,
  /** The cluster has done its part; the model has yet to become a version. */
  TRAINED,
  SUCCEEDED,
  FAILED,
  CANCELLED,
  /** A new attempt begins. */
  RETRIED,
  /** The registry is asked again for a version of the model that is there. */
  REGISTRATION_RETRIED;

  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
