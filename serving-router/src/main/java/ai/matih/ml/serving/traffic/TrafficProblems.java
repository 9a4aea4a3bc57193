package ai.matih.ml.serving.traffic;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;

/** Refusals that several acts on traffic share. */
final class TrafficProblems {

  private TrafficProblems() {}

  static Problem notServed(ModelId model) {
    return new Problem(
            ServingError.MODEL_NOT_SERVED,
            "Model %s has no deployment; POST /api/v1/ml/models/%s/deploy makes one."
                .formatted(model, model))
        .with("model_id", model.value());
  }

  static Problem notDeployed(long version) {
    return new Problem(
            ServingError.NOT_DEPLOYED,
            "Version %d has no deployment; deploy it with the traffic strategy none, then ask again."
                .formatted(version))
        .with("version", version);
  }

  static Problem notReady(long version) {
    return new Problem(
            ServingError.TARGET_NOT_READY,
            "Version %d has no deployment that is ready; traffic goes only where it can be answered."
                .formatted(version))
        .with("version", version);
  }
}
