package ai.matih.ml.api.mlflow;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Calls of MLflow's registry that would go around the gates, each with the platform's own call.
 *
 * @param instead what to do instead
 */
record GatedCall(Set<String> methods, String path, String instead) {

  private static final String MODELS = "/api/v1/ml/models";

  private static final List<GatedCall> TABLE =
      List.of(
          new GatedCall(
              Set.of("POST"),
              "registered-models/create",
              "Create the model with POST " + MODELS + "."),
          new GatedCall(
              Set.of("POST"),
              "model-versions/create",
              "Register the run's model with POST "
                  + MODELS
                  + "/{model_id}/versions {\"run_id\": ...}."),
          new GatedCall(
              Set.of("POST"),
              "model-versions/transition-stage",
              "Ask for the stage with POST "
                  + MODELS
                  + "/{model_id}/promote {\"version\": ..., \"target_stage\": ...}."),
          new GatedCall(
              Set.of("POST", "DELETE"),
              "registered-models/alias",
              "Aliases follow the stages; ask for a stage with POST "
                  + MODELS
                  + "/{model_id}/promote."),
          new GatedCall(
              Set.of("DELETE"),
              "model-versions/delete",
              "Delete the version with DELETE " + MODELS + "/{model_id}/versions/{version}."),
          new GatedCall(
              Set.of("DELETE"),
              "registered-models/delete",
              "Delete the model with DELETE " + MODELS + "/{model_id}."),
          new GatedCall(
              Set.of("POST"),
              "registered-models/rename",
              "A model's id is final; make another with POST " + MODELS + "."),
          new GatedCall(
              Set.of("PATCH", "POST"),
              "registered-models/update",
              "Change description and tags with PATCH " + MODELS + "/{model_id}."),
          new GatedCall(
              Set.of("POST"),
              "registered-models/set-tag",
              "Change tags with PATCH " + MODELS + "/{model_id}."),
          new GatedCall(
              Set.of("DELETE"),
              "registered-models/delete-tag",
              "Change tags with PATCH " + MODELS + "/{model_id}."),
          new GatedCall(
              Set.of("PATCH", "POST"),
              "model-versions/update",
              "A registered version is final; describe it when it is registered with POST "
                  + MODELS
                  + "/{model_id}/versions."),
          new GatedCall(
              Set.of("POST"),
              "model-versions/set-tag",
              "A registered version is final; evidence goes to POST "
                  + MODELS
                  + "/{model_id}/versions/{version}/evidence."),
          new GatedCall(
              Set.of("DELETE"),
              "model-versions/delete-tag",
              "A registered version is final; evidence goes to POST "
                  + MODELS
                  + "/{model_id}/versions/{version}/evidence."));

  GatedCall {
    methods = Set.copyOf(methods);
  }

  static Optional<GatedCall> of(String method, String path) {
    return TABLE.stream()
        .filter(call -> call.path().equals(path) && call.methods().contains(method))
        .findFirst();
  }

  static List<GatedCall> table() {
    return TABLE;
  }
}
