package ai.matih.ml.serving.engine;

/** The engine could not compute an answer. The cause is for logs, never for callers. */
public final class ScoringFailed extends RuntimeException {

  public ScoringFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
