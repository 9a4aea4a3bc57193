package ai.matih.ml.training.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a job is; the moves between are those of {@link JobLifecycle}. */
public enum JobStatus {
  /** Accepted, being prepared, or waiting for room in the cluster. */
  QUEUED,
  /** The attempt's id is stored; it is being submitted to the cluster. */
  SUBMITTING,
  /** It was submitted and no answer came; the cluster will be asked. */
  UNKNOWN,
  /** The cluster has it and has not begun. */
  PENDING,
  RUNNING,
  /** The cluster forgot it; a new attempt follows. */
  LOST,
  SUCCEEDED,
  FAILED,
  CANCELLED;

  public boolean isTerminal() {
    return this == SUCCEEDED || this == FAILED || this == CANCELLED;
  }

  /** Whether it takes a share of the cluster. */
  public boolean takesResources() {
    return this == SUBMITTING || this == UNKNOWN || this == PENDING || this == RUNNING;
  }

  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  public static JobStatus ofWire(String wire) {
    for (JobStatus status : values()) {
      if (status.wire().equals(wire)) {
        return status;
      }
    }
    throw new IllegalArgumentException("no job status " + wire);
  }
}
