package ai.matih.ml.serving.engine.triton;

/** What Triton says, where its status does not tell enough. */
final class ServerWords {

  private ServerWords() {}

  /** Whether the process that runs a model is gone, rather than the values wrong. */
  static boolean isUnwell(String said) {
    return said.contains("not healthy") || said.contains("not ready");
  }
}
