package ai.matih.ml.registry.promotion.mlflow;

/**
 * One difference that we did not make.
 *
 * @param subject what differs, for example {@code alias production} or {@code version 3}
 * @param repaired false for what is only reported
 */
record Finding(Drift kind, String subject, String detail, boolean repaired) {

  static Finding repaired(Drift kind, String subject, String detail) {
    return new Finding(kind, subject, detail, true);
  }

  static Finding reported(Drift kind, String subject, String detail) {
    return new Finding(kind, subject, detail, false);
  }
}
