package ai.matih.ml.local.command;

/** The command cannot be carried out now; the message says why and what to do. */
final class Refused extends RuntimeException {

  Refused(String message) {
    super(message);
  }
}
