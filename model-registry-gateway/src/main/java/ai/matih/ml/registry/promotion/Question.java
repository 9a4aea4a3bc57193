package ai.matih.ml.registry.promotion;

/** What has to be asked outside before a guard can judge. */
enum Question {
  SERVING,
  AB_TESTS
}
