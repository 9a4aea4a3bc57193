package ai.matih.ml.registry.model;

/** What a model predicts. */
public enum Task {
  CLASSIFICATION,
  REGRESSION
}
