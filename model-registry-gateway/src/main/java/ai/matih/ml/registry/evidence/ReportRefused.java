package ai.matih.ml.registry.evidence;

/** An uploaded report that cannot be read safely or means nothing; the message says why. */
final class ReportRefused extends RuntimeException {

  ReportRefused(String reason) {
    super(reason);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
