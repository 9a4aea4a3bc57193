package ai.matih.ml.api.experiment;

/** How far a run is. {@code SCHEDULED} comes from MLflow's own clients only. */
public enum RunStatus {
  SCHEDULED,
  RUNNING,
  FINISHED,
  FAILED,
  KILLED;

  public boolean hasEnded() {
    return this == FINISHED || this == FAILED || this == KILLED;
  }
}
