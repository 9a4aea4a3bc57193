package ai.matih.ml.verifier;

/** The file has not the form of an evidence bundle; the message says where. */
public final class NotABundle extends RuntimeException {

  NotABundle(String message) {
    super(message);
  }
}
