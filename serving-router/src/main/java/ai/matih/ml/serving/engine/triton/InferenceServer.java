package ai.matih.ml.serving.engine.triton;

import java.util.Map;

/**
 * What a server is told about its models. Every call is repeatable, and may fail as an {@link
 * ai.matih.ml.common.http.EngineFailure}.
 */
interface InferenceServer {

  /** Whether a model answers; not so for one that the server does not know. */
  boolean isReady(String model);

  /** Whether models may be given to it and taken away. */
  boolean hasRepository();

  /**
   * Has a model loaded from these files, in place of the one of that name; waits until it is ready.
   *
   * @param files by their paths in the model's folder
   * @throws LoadingFailed when it cannot be loaded so
   */
  void load(String model, Map<String, Object> config, Map<String, byte[]> files);

  /** Takes a model away, if it is there. */
  void unload(String model);
}
