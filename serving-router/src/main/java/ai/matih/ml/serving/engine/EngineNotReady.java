package ai.matih.ml.serving.engine;

/** The engine cannot answer for this model yet. Loading is tried again; the message says why. */
public final class EngineNotReady extends RuntimeException {

  public EngineNotReady(String reason) {
    super(reason);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
