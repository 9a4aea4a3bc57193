package ai.matih.ml.registry.promotion;

/** What has to be asked outside before a guard can judge. */
public enum Question {
  SERVING,
  AB_TESTS,
  /** How the version answered copies of live requests. */
  SHADOWS,
  /** Which versions of the model are served at all. */
  IN_SERVICE,
  /** Who serves the version that Production meant before. */
  PREVIOUS_SERVING
}
