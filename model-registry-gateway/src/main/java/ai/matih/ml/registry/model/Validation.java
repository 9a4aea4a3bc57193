package ai.matih.ml.registry.model;

/** Whether the platform's own checks of a version are done. */
public enum Validation {
  PENDING,
  DONE
}
