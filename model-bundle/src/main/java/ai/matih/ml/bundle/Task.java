package ai.matih.ml.bundle;

/** What a model was trained for; it decides what an answer looks like. */
public enum Task {
  CLASSIFICATION,
  REGRESSION
}
