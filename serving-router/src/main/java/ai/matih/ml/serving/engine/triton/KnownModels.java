package ai.matih.ml.serving.engine.triton;

import java.util.Map;

/** What the routers remember together about the models that they gave to Triton. */
public interface KnownModels {

  /** By name, why loading failed; empty for one that did not fail. */
  Map<String, String> read();

  void write(Map<String, String> models);
}
