package ai.matih.ml.common.security;

/** What a route asks for, written {@code resource:action} on the wire and in docs. */
public enum Permission {
  EXPERIMENTS_READ,
  EXPERIMENTS_WRITE,
  DATASETS_READ,
  DATASETS_WRITE,
  TRAINING_READ,
  TRAINING_SUBMIT,
  MODELS_READ,
  MODELS_WRITE,
  MODELS_PROMOTE,
  MODELS_APPROVE,
  /** Moving a version past conditions that are not met, in an emergency. */
  PROMOTIONS_OVERRIDE,
  FEATURES_READ,
  FEATURES_WRITE,
  DEPLOYMENTS_READ,
  DEPLOYMENTS_WRITE,
  TRAFFIC_WRITE,
  PREDICTIONS_CREATE,
  OUTCOMES_WRITE,
  KEYS_MANAGE,
  AUDIT_READ,
  WEBHOOKS_MANAGE,
  /** Calls that only the suite's own services make. */
  INTERNAL_CALL,
  /** What training code may do: the MLflow-compatible door, for its own run. */
  OWN_RUN_WRITE;

  @Override
  public String toString() {
    int split = name().lastIndexOf('_');
    return (name().substring(0, split) + ":" + name().substring(split + 1))
        .toLowerCase(java.util.Locale.ROOT);
  }
}
