package ai.matih.ml.api.mlflow;

import static ai.matih.ml.api.mlflow.Field.EXPERIMENT_ID;
import static ai.matih.ml.api.mlflow.Field.EXPERIMENT_IDS;
import static ai.matih.ml.api.mlflow.Field.MODEL_ID;
import static ai.matih.ml.api.mlflow.Field.NAME;
import static ai.matih.ml.api.mlflow.Field.NUMBER;
import static ai.matih.ml.api.mlflow.Field.OBJECTS;
import static ai.matih.ml.api.mlflow.Field.PATH;
import static ai.matih.ml.api.mlflow.Field.RUN_ID;
import static ai.matih.ml.api.mlflow.Field.TEXT;
import static ai.matih.ml.api.mlflow.Field.TEXTS;
import static ai.matih.ml.api.mlflow.Field.VERSION;
import static ai.matih.ml.common.security.Permission.EXPERIMENTS_READ;
import static ai.matih.ml.common.security.Permission.EXPERIMENTS_WRITE;
import static ai.matih.ml.common.security.Permission.MODELS_READ;

import ai.matih.ml.common.security.Permission;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One call that passes the door.
 *
 * @param path below {@code /api/2.0/mlflow/}; {@code {model_id}} and {@code {key}} are variables
 * @param permission what a person or program needs
 * @param jobs what a training job may do with it
 * @param fields of its message or query; all others are left behind
 */
record MlflowCall(
    String method, String path, Permission permission, JobRule jobs, Map<String, Field> fields) {

  /** What a training job's token may do with a call. */
  enum JobRule {
    REFUSED,
    /** The run named in it is the job's own or a child of it. */
    OWN_RUN,
    /** It makes a run, which becomes a child of the job's own. */
    CHILD_RUN,
    /** The experiment named in it is that of the job's run. */
    OWN_EXPERIMENT,
    /** It makes a model of the job's run. */
    NEW_MODEL,
    /** The model named in it was made by the job's run. */
    OWN_MODEL
  }

  private static final List<MlflowCall> TABLE =
      List.of(
          call(
              "POST",
              "experiments/create",
              EXPERIMENTS_WRITE,
              JobRule.REFUSED,
              "name",
              NAME,
              "tags",
              OBJECTS),
          call(
              "POST",
              "experiments/search",
              EXPERIMENTS_READ,
              JobRule.REFUSED,
              "max_results",
              NUMBER,
              "page_token",
              TEXT,
              "filter",
              TEXT,
              "order_by",
              TEXTS,
              "view_type",
              TEXT),
          call(
              "GET",
              "experiments/search",
              EXPERIMENTS_READ,
              JobRule.REFUSED,
              "max_results",
              NUMBER,
              "page_token",
              TEXT,
              "filter",
              TEXT,
              "order_by",
              TEXTS,
              "view_type",
              TEXT),
          call(
              "GET",
              "experiments/get",
              EXPERIMENTS_READ,
              JobRule.OWN_EXPERIMENT,
              "experiment_id",
              EXPERIMENT_ID),
          call(
              "GET",
              "experiments/get-by-name",
              EXPERIMENTS_READ,
              JobRule.REFUSED,
              "experiment_name",
              NAME),
          call(
              "POST",
              "experiments/delete",
              EXPERIMENTS_WRITE,
              JobRule.REFUSED,
              "experiment_id",
              EXPERIMENT_ID),
          call(
              "POST",
              "experiments/restore",
              EXPERIMENTS_WRITE,
              JobRule.REFUSED,
              "experiment_id",
              EXPERIMENT_ID),
          call(
              "POST",
              "experiments/update",
              EXPERIMENTS_WRITE,
              JobRule.REFUSED,
              "experiment_id",
              EXPERIMENT_ID,
              "new_name",
              NAME),
          call(
              "POST",
              "experiments/set-experiment-tag",
              EXPERIMENTS_WRITE,
              JobRule.REFUSED,
              "experiment_id",
              EXPERIMENT_ID,
              "key",
              NAME,
              "value",
              TEXT),
          call(
              "POST",
              "experiments/delete-experiment-tag",
              EXPERIMENTS_WRITE,
              JobRule.REFUSED,
              "experiment_id",
              EXPERIMENT_ID,
              "key",
              NAME),
          call(
              "POST",
              "runs/create",
              EXPERIMENTS_WRITE,
              JobRule.CHILD_RUN,
              "experiment_id",
              EXPERIMENT_ID,
              "user_id",
              TEXT,
              "run_name",
              TEXT,
              "start_time",
              NUMBER,
              "tags",
              OBJECTS),
          call(
              "POST",
              "runs/update",
              EXPERIMENTS_WRITE,
              JobRule.OWN_RUN,
              "run_uuid",
              RUN_ID,
              "run_id",
              RUN_ID,
              "status",
              TEXT,
              "end_time",
              NUMBER,
              "run_name",
              TEXT),
          call("POST", "runs/delete", EXPERIMENTS_WRITE, JobRule.REFUSED, "run_id", RUN_ID),
          call("POST", "runs/restore", EXPERIMENTS_WRITE, JobRule.REFUSED, "run_id", RUN_ID),
          call(
              "POST",
              "runs/log-metric",
              EXPERIMENTS_WRITE,
              JobRule.OWN_RUN,
              "run_uuid",
              RUN_ID,
              "run_id",
              RUN_ID,
              "key",
              NAME,
              "value",
              NUMBER,
              "timestamp",
              NUMBER,
              "step",
              NUMBER,
              "model_id",
              MODEL_ID,
              "dataset_name",
              TEXT,
              "dataset_digest",
              TEXT),
          call(
              "POST",
              "runs/log-parameter",
              EXPERIMENTS_WRITE,
              JobRule.OWN_RUN,
              "run_uuid",
              RUN_ID,
              "run_id",
              RUN_ID,
              "key",
              NAME,
              "value",
              TEXT),
          call(
              "POST",
              "runs/set-tag",
              EXPERIMENTS_WRITE,
              JobRule.OWN_RUN,
              "run_uuid",
              RUN_ID,
              "run_id",
              RUN_ID,
              "key",
              NAME,
              "value",
              TEXT),
          call(
              "POST",
              "runs/delete-tag",
              EXPERIMENTS_WRITE,
              JobRule.OWN_RUN,
              "run_id",
              RUN_ID,
              "key",
              NAME),
          call(
              "POST",
              "runs/log-batch",
              EXPERIMENTS_WRITE,
              JobRule.OWN_RUN,
              "run_id",
              RUN_ID,
              "metrics",
              OBJECTS,
              "params",
              OBJECTS,
              "tags",
              OBJECTS),
          call(
              "POST",
              "runs/log-model",
              EXPERIMENTS_WRITE,
              JobRule.OWN_RUN,
              "run_id",
              RUN_ID,
              "model_json",
              TEXT),
          call(
              "POST",
              "runs/log-inputs",
              EXPERIMENTS_WRITE,
              JobRule.OWN_RUN,
              "run_id",
              RUN_ID,
              "datasets",
              OBJECTS,
              "models",
              OBJECTS),
          call(
              "POST",
              "runs/outputs",
              EXPERIMENTS_WRITE,
              JobRule.OWN_RUN,
              "run_id",
              RUN_ID,
              "models",
              OBJECTS),
          call(
              "GET",
              "runs/get",
              EXPERIMENTS_READ,
              JobRule.OWN_RUN,
              "run_uuid",
              RUN_ID,
              "run_id",
              RUN_ID),
          call(
              "POST",
              "runs/search",
              EXPERIMENTS_READ,
              JobRule.REFUSED,
              "experiment_ids",
              EXPERIMENT_IDS,
              "filter",
              TEXT,
              "run_view_type",
              TEXT,
              "max_results",
              NUMBER,
              "order_by",
              TEXTS,
              "page_token",
              TEXT),
          call(
              "GET",
              "metrics/get-history",
              EXPERIMENTS_READ,
              JobRule.OWN_RUN,
              "run_uuid",
              RUN_ID,
              "run_id",
              RUN_ID,
              "metric_key",
              NAME,
              "max_results",
              NUMBER,
              "page_token",
              TEXT),
          call(
              "GET",
              "artifacts/list",
              EXPERIMENTS_READ,
              JobRule.OWN_RUN,
              "run_uuid",
              RUN_ID,
              "run_id",
              RUN_ID,
              "path",
              PATH,
              "page_token",
              TEXT),
          call(
              "POST",
              "logged-models",
              EXPERIMENTS_WRITE,
              JobRule.NEW_MODEL,
              "experiment_id",
              EXPERIMENT_ID,
              "name",
              TEXT,
              "model_type",
              TEXT,
              "source_run_id",
              RUN_ID,
              "params",
              OBJECTS,
              "tags",
              OBJECTS),
          call(
              "POST",
              "logged-models/search",
              EXPERIMENTS_READ,
              JobRule.REFUSED,
              "experiment_ids",
              EXPERIMENT_IDS,
              "filter",
              TEXT,
              "datasets",
              OBJECTS,
              "max_results",
              NUMBER,
              "order_by",
              OBJECTS,
              "page_token",
              TEXT),
          call("GET", "logged-models/{model_id}", EXPERIMENTS_READ, JobRule.OWN_MODEL),
          call(
              "PATCH",
              "logged-models/{model_id}",
              EXPERIMENTS_WRITE,
              JobRule.OWN_MODEL,
              "model_id",
              MODEL_ID,
              "status",
              TEXT),
          call(
              "DELETE",
              "logged-models/{model_id}",
              EXPERIMENTS_WRITE,
              JobRule.REFUSED,
              "model_id",
              MODEL_ID),
          call(
              "POST",
              "logged-models/{model_id}/params",
              EXPERIMENTS_WRITE,
              JobRule.OWN_MODEL,
              "model_id",
              MODEL_ID,
              "params",
              OBJECTS),
          call(
              "PATCH",
              "logged-models/{model_id}/tags",
              EXPERIMENTS_WRITE,
              JobRule.OWN_MODEL,
              "model_id",
              MODEL_ID,
              "tags",
              OBJECTS),
          call(
              "DELETE",
              "logged-models/{model_id}/tags/{key}",
              EXPERIMENTS_WRITE,
              JobRule.OWN_MODEL),
          call(
              "GET",
              "logged-models/{model_id}/artifacts/directories",
              EXPERIMENTS_READ,
              JobRule.OWN_MODEL,
              "artifact_directory_path",
              PATH,
              "page_token",
              TEXT),
          call("GET", "registered-models/get", MODELS_READ, JobRule.REFUSED, "name", NAME),
          call(
              "GET",
              "registered-models/search",
              MODELS_READ,
              JobRule.REFUSED,
              "filter",
              TEXT,
              "max_results",
              NUMBER,
              "order_by",
              TEXTS,
              "page_token",
              TEXT),
          call(
              "GET",
              "registered-models/alias",
              MODELS_READ,
              JobRule.REFUSED,
              "name",
              NAME,
              "alias",
              NAME),
          call(
              "GET",
              "registered-models/get-latest-versions",
              MODELS_READ,
              JobRule.REFUSED,
              "name",
              NAME,
              "stages",
              TEXTS),
          call(
              "POST",
              "registered-models/get-latest-versions",
              MODELS_READ,
              JobRule.REFUSED,
              "name",
              NAME,
              "stages",
              TEXTS),
          call(
              "GET",
              "model-versions/get",
              MODELS_READ,
              JobRule.REFUSED,
              "name",
              NAME,
              "version",
              VERSION),
          call(
              "GET",
              "model-versions/search",
              MODELS_READ,
              JobRule.REFUSED,
              "filter",
              TEXT,
              "max_results",
              NUMBER,
              "order_by",
              TEXTS,
              "page_token",
              TEXT),
          call(
              "GET",
              "model-versions/get-download-uri",
              MODELS_READ,
              JobRule.REFUSED,
              "name",
              NAME,
              "version",
              VERSION));

  private static MlflowCall call(
      String method, String path, Permission permission, JobRule jobs, Object... fields) {
    Map<String, Field> map = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      map.put((String) fields[i], (Field) fields[i + 1]);
    }
    return new MlflowCall(method, path, permission, jobs, Map.copyOf(map));
  }

  /** A call with the values of its path's variables. */
  record Match(MlflowCall call, Map<String, String> variables) {}

  static List<MlflowCall> table() {
    return TABLE;
  }

  /**
   * @param path below {@code /api/2.0/mlflow/}, undecoded
   */
  static Optional<Match> of(String method, String path) {
    for (MlflowCall call : TABLE) {
      if (call.method().equals(method)) {
        Optional<Map<String, String>> variables = call.match(path);
        if (variables.isPresent()) {
          return Optional.of(new Match(call, variables.get()));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Map<String, String>> match(String path) {
    if (!this.path.contains("{")) {
      return this.path.equals(path) ? Optional.of(Map.of()) : Optional.empty();
    }
    String[] template = this.path.split("/", -1);
    String[] given = path.split("/", -1);
    if (template.length != given.length) {
      return Optional.empty();
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (int i = 0; i < template.length; i++) {
      switch (template[i]) {
        case "{model_id}" -> {
          if (!MODEL_ID.acceptsText(given[i])) {
            return Optional.empty();
          }
          variables.put("model_id", given[i]);
        }
        case "{key}" -> variables.put("key", given[i]);
        default -> {
          if (!template[i].equals(given[i])) {
            return Optional.empty();
          }
        }
      }
    }
    return Optional.of(variables);
  }

  /** Whether it changes something. */
  boolean writes() {
    return permission == EXPERIMENTS_WRITE;
  }
}
