package ai.matih.ml.local.evidence;

/** The file has not the form of an evidence bundle; the message says where. */
public final class NotABundle extends RuntimeException {

  NotABundle(String message) {
    super(message);
  }
}
