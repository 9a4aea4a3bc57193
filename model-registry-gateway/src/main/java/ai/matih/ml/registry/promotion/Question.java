package ai.matih.ml.registry.promotion;

/** What has to be asked outside before a guard can judge. */
public enum Question {
  SERVING,
  AB_TESTS,
  /** Who serves the version that Production meant before. */
  PREVIOUS_SERVING
}
