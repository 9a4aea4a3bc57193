package ai.matih.ml.registry.evidence;

/** How a check or a whole report came out. */
public enum Outcome {
  PASSED,
  FAILED
}
