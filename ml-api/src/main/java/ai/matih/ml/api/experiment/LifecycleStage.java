package ai.matih.ml.api.experiment;

/** Deleted things are kept and can be restored. */
public enum LifecycleStage {
  ACTIVE,
  DELETED
}
