package ai.matih.ml.serving.observation;

import ai.matih.ml.serving.engine.Bundle;

/** Hears which files a deployment answers from on this router, before it answers anybody. */
public interface LoadedModels {

  void loaded(String deploymentId, Bundle bundle);
}
