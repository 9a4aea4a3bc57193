package ai.matih.ml.serving.engine.triton;

/** A server cannot load a model; the message says why. */
final class LoadingFailed extends RuntimeException {

  LoadingFailed(String reason) {
    super(reason);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
