package ai.matih.ml.registry.promotion.mlflow;

/** What somebody can change in MLflow behind our back. */
enum Drift {
  MODEL_MISSING,
  MODEL_RENAMED,
  DESCRIPTION_CHANGED,
  VERSION_MISSING,
  VERSION_DUPLICATED,
  /** A version that was never registered here. It is somebody's work, so it stays. */
  VERSION_UNMANAGED,
  TAG_CHANGED,
  STAGE_SET,
  ALIAS_CHANGED
}
