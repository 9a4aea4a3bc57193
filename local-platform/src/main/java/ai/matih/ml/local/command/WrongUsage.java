package ai.matih.ml.local.command;

/** What was typed cannot be done; the message says what can. */
final class WrongUsage extends RuntimeException {

  WrongUsage(String message) {
    super(message);
  }
}
