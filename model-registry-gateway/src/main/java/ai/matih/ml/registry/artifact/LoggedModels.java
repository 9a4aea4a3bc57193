package ai.matih.ml.registry.artifact;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models of the current tenant that {@code mlflow.<flavour>.log_model} stored outside of a run's
 * files. Every method is repeatable; when there is no answer an {@code EngineFailure} says why.
 */
public interface LoggedModels {

  /**
   * A logged model.
   *
   * @param ready whether all of its files are there
   * @param run that logged it
   */
  record LoggedModel(
      LoggedModelId id, String name, String experimentId, boolean ready, Optional<RunId> run) {}

  /**
   * What a run left beside its files.
   *
   * @param metrics finite ones, each with its last value
   */
  record RunOutputs(List<LoggedModelId> models, Map<String, Double> metrics) {

    public RunOutputs {
      models = List.copyOf(models);
      metrics = Map.copyOf(metrics);
    }
  }

  /** Empty when the tenant has no such model. */
  Optional<LoggedModel> find(LoggedModelId id);

  /** Nothing for a run that is not there. */
  RunOutputs outputs(RunId run);

  ModelFiles files(LoggedModelId id);
}
