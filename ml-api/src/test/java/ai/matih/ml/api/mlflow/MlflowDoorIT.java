package ai.matih.ml.api.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.RunningDoor;
import ai.matih.ml.api.RunningDoor.Answer;
import ai.matih.ml.common.testing.TestTokens;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the MLflow-compatible door keeps out, on a real MLflow. */
class MlflowDoorIT {

  private static final String MLFLOW = "/api/2.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";

  private final RunningDoor door = RunningDoor.get();
  private String tenant = "";
  private String key = "";
  private String experiment = "";
  private String run = "";

  @BeforeEach
  void start_a_run_of_a_fresh_tenant() {
    tenant = door.freshTenant();
    key = door.key(tenant, "data-scientist", "user:alice");
    experiment =
        call("experiments/create", Map.of("name", "e")).json().get("experiment_id").asString();
    run = newRun(key, Map.of("experiment_id", experiment));
  }

  @Test
  void the_workspace_is_the_keys_tenant_whatever_a_client_says() {
    for (String workspace : List.of("default", "other", tenant + "x")) {
      Answer answer =
          door.send(
              key,
              HttpRequest.newBuilder(
                      door.address()
                          .resolve(MLFLOW + "experiments/get?experiment_id=" + experiment))
                  .header("X-MLFLOW-WORKSPACE", workspace)
                  .GET());
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.json().get("error_code").asString()).isEqualTo("PERMISSION_DENIED");
    }
    assertThat(
            door.send(
                    key,
                    HttpRequest.newBuilder(
                            door.address()
                                .resolve(MLFLOW + "experiments/get?experiment_id=" + experiment))
                        .header("X-MLFLOW-WORKSPACE", tenant)
                        .GET())
                .status())
        .isEqualTo(200);
  }

  @Test
  void another_tenants_things_are_not_there() {
    put(key, "workspaces/" + tenant + "/" + experiment + "/" + run + "/artifacts/f.txt", "mine");
    String otherTenant = door.freshTenant();
    String other = door.key(otherTenant, "admin", "user:mallory");
    List<Answer> answers =
        List.of(
            door.get(other, MLFLOW + "experiments/get?experiment_id=" + experiment),
            door.get(other, MLFLOW + "experiments/get-by-name?experiment_name=e"),
            door.post(other, MLFLOW + "experiments/delete", Map.of("experiment_id", experiment)),
            door.post(
                other,
                MLFLOW + "experiments/update",
                Map.of("experiment_id", experiment, "new_name", "x")),
            door.get(other, MLFLOW + "runs/get?run_id=" + run),
            door.post(other, MLFLOW + "runs/create", Map.of("experiment_id", experiment)),
            door.post(other, MLFLOW + "runs/update", Map.of("run_id", run, "status", "KILLED")),
            door.post(other, MLFLOW + "runs/delete", Map.of("run_id", run)),
            door.post(other, MLFLOW + "runs/log-metric", metric(run)),
            door.post(
                other, MLFLOW + "runs/set-tag", Map.of("run_id", run, "key", "a", "value", "b")),
            door.get(other, MLFLOW + "metrics/get-history?run_id=" + run + "&metric_key=m"),
            door.get(other, MLFLOW + "artifacts/list?run_id=" + run),
            door.post(other, MLFLOW + "logged-models", Map.of("experiment_id", experiment)),
            door.get(
                other,
                ARTIFACTS
                    + "workspaces/"
                    + tenant
                    + "/"
                    + experiment
                    + "/"
                    + run
                    + "/artifacts/f.txt"),
            door.get(
                other,
                ARTIFACTS
                    + "workspaces/"
                    + otherTenant
                    + "/"
                    + experiment
                    + "/"
                    + run
                    + "/artifacts/f.txt"),
            put(
                other,
                "workspaces/" + tenant + "/" + experiment + "/" + run + "/artifacts/f.txt",
                "theirs"),
            put(
                other,
                "workspaces/" + otherTenant + "/" + experiment + "/" + run + "/artifacts/f.txt",
                "theirs"));
    assertThat(answers)
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).as(answer.text()).isEqualTo(404);
              assertThat(answer.json().get("error_code").asString())
                  .isEqualTo("RESOURCE_DOES_NOT_EXIST");
            });
    assertThat(
            door.post(other, MLFLOW + "runs/search", Map.of("experiment_ids", List.of(experiment)))
                .text())
        .isEqualToIgnoringWhitespace("{}");
    assertThat(
            door.get(
                    key,
                    ARTIFACTS
                        + "workspaces/"
                        + tenant
                        + "/"
                        + experiment
                        + "/"
                        + run
                        + "/artifacts/f.txt")
                .text())
        .isEqualTo("mine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/2.0/mlflow/webhooks",
        "POST /api/2.0/mlflow/webhooks",
        "POST /api/2.0/mlflow/traces/link-prompts",
        "POST /v1/traces",
        "POST /api/3.0/mlflow/workspaces",
        "DELETE /api/3.0/mlflow/workspaces/default",
        "POST /api/2.0/mlflow/artifacts/presigned-upload-url",
        "POST /api/2.0/mlflow/artifacts/presigned-download-url",
        "GET /api/2.0/mlflow-artifacts/presigned/workspaces/x/1/y/artifacts/f",
        "POST /api/2.0/mlflow-artifacts/mpu/create/workspaces/x",
        "DELETE /api/2.0/mlflow-artifacts/artifacts/workspaces/x/1/y/artifacts/f",
        "GET /api/2.0/mlflow/experiments/create",
        "POST /api/2.0/mlflow/runs/get",
        "GET /api/2.0/mlflow/",
        "GET /api/2.0/mlflow",
        "GET /api/2.0/preview/mlflow/experiments/list",
        "POST /api/2.0/mlflow/logged-models/m-1/params",
        "GET /api/3.0/jobs",
      })
  void a_call_that_is_not_in_the_table_does_not_pass(String call) {
    String[] parts = call.split(" ", 2);
    Answer answer = door.json(key, parts[0], parts[1], "{}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(404);
    assertThat(answer.code()).isEqualTo("Api:MlflowCallNotOffered");
  }

  @Test
  void every_gated_registry_call_names_the_platforms_own() {
    String admin = door.key(tenant, "admin", "user:root");
    for (GatedCall gated : GatedCall.table()) {
      for (String method : gated.methods()) {
        Answer answer = door.json(admin, method, MLFLOW + gated.path(), "{\"name\":\"m\"}");
        assertThat(answer.status()).as(gated.path()).isEqualTo(403);
        assertThat(answer.json().get("message").asString()).contains("/api/v1/ml/models");
        assertThat(answer.code()).isEqualTo("Api:GatedRegistryCall");
      }
    }
    assertThat(door.get(key, MLFLOW + "registered-models/search").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "workspaces/TENANT/../default/0/f",
        "workspaces/TENANT/EXP/RUN/artifacts/..%2f..%2fx",
        "workspaces/TENANT/EXP/RUN/artifacts/%2e%2e/x",
        "workspaces/TENANT/EXP/RUN/artifacts/%252e%252e/x",
        "workspaces/TENANT/EXP/RUN/artifacts/a%252f..%252f..%252fx",
        "workspaces/TENANT/EXP/RUN/artifacts/..%5c..%5cx",
        "workspaces/TENANT/EXP/RUN/artifacts/.%250a./x",
        "workspaces/TENANT/EXP/RUN/artifacts/..;/x",
        "workspaces/TENANT/EXP/RUN/artifacts/a%23b",
        "workspaces/TENANT/EXP/RUN%2Fartifacts%2F..%2F..%2Fx",
        "workspaces%2Fdefault%2FEXP%2FRUN%2Fartifacts%2Fx",
        "workspaces/TENANT%2F..%2Fdefault/EXP/RUN/artifacts/x",
        "workspaces/TENANT/EXP/RUN/artifacts",
        "workspaces/TENANT/EXP/RUN/artifacts/",
        "workspaces/TENANT/EXP/RUN/x",
        "workspaces/TENANT/EXP/RUN",
        "workspaces/TENANT/EXP/models/m-1/artifacts/x",
        "workspaces/default/EXP/RUN/artifacts/x",
        "workspaces/TENANT/0/RUN/artifacts/x",
        "workspaces//EXP/RUN/artifacts/x",
        "EXP/RUN/artifacts/x",
        "x",
      })
  void a_hostile_artifact_path_reaches_nothing(String form) {
    String path = form.replace("TENANT", tenant).replace("EXP", experiment).replace("RUN", run);
    for (String method : List.of("GET", "PUT")) {
      Answer answer =
          door.send(
              key,
              HttpRequest.newBuilder(URI.create(door.address() + ARTIFACTS + path))
                  .method(method, HttpRequest.BodyPublishers.ofString("x")));
      assertThat(answer.status()).as(method + " " + path + " " + answer.text()).isIn(400, 404);
    }
    assertThat(
            door.get(
                    key,
                    ARTIFACTS.substring(0, ARTIFACTS.length() - 1)
                        + "?path=workspaces/default/../"
                        + tenant)
                .status())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "runs/log-metric | {\"run_id\":\"../x\",\"key\":\"k\",\"value\":1}",
        "runs/log-metric | {\"run_id\":7,\"key\":\"k\",\"value\":1}",
        "runs/log-metric | {\"run_id\":\"RUN\",\"key\":{},\"value\":1}",
        "runs/log-metric | {\"run_id\":\"RUN\",\"key\":\"k\",\"value\":\"abc\"}",
        "runs/log-batch | {\"run_id\":\"RUN\",\"metrics\":{}}",
        "runs/log-batch | {\"run_id\":\"RUN\",\"metrics\":[1]}",
        "runs/log-batch | [1]",
        "runs/log-batch | {\"run_id\":",
        "runs/create | {\"experiment_id\":\"1;drop\"}",
        "runs/search | {\"experiment_ids\":\"1\"}",
        "runs/search | {\"experiment_ids\":[\"x\"]}",
        "runs/update | {\"run_id\":\"RUN\",\"run_uuid\":\"ffffffffffffffffffffffffffffffff\"}",
        "experiments/create | {\"name\":\"a\\u0000b\"}",
        "experiments/create | {\"name\":\"x\",\"artifact_location\":\"file:///etc\"}",
      })
  void a_message_with_a_wrong_form_is_refused(String path, String body) {
    Answer answer = door.post(key, MLFLOW + path, body.replace("RUN", run));
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().get("error_code").asString()).isEqualTo("INVALID_PARAMETER_VALUE");
  }

  @Test
  void fields_that_are_not_known_are_left_behind() {
    String made =
        call("experiments/create", Map.of("name", "e2", "workspace", "default"))
            .json()
            .get("experiment_id")
            .asString();
    Answer read = door.get(key, MLFLOW + "experiments/get?experiment_id=" + made + "&workspace=x");
    assertThat(read.json().at("/experiment/artifact_location").asString())
        .isEqualTo("mlflow-artifacts:/workspaces/" + tenant + "/" + made);
  }

  @Test
  void the_platforms_own_tags_are_not_for_callers() {
    Map<String, Object> tag = Map.of("key", "matih.job_id", "value", "j");
    assertThat(
            call("runs/set-tag", Map.of("run_id", run, "key", "matih.job_id", "value", "j"))
                .status())
        .isEqualTo(403);
    assertThat(call("runs/log-batch", Map.of("run_id", run, "tags", List.of(tag))).status())
        .isEqualTo(403);
    assertThat(
            call("runs/create", Map.of("experiment_id", experiment, "tags", List.of(tag))).status())
        .isEqualTo(403);
    assertThat(call("runs/delete-tag", Map.of("run_id", run, "key", "matih.request")).status())
        .isEqualTo(403);
  }

  @Test
  void a_viewer_reads_and_does_not_write() {
    String viewer = door.key(tenant, "viewer", "user:vic");
    assertThat(door.get(viewer, MLFLOW + "runs/get?run_id=" + run).status()).isEqualTo(200);
    assertThat(door.post(viewer, MLFLOW + "runs/log-metric", metric(run)).status()).isEqualTo(403);
    assertThat(
            put(viewer, "workspaces/" + tenant + "/" + experiment + "/" + run + "/artifacts/f", "x")
                .status())
        .isEqualTo(403);
    assertThat(
            door.get(door.key(tenant, "inference", "app:a"), MLFLOW + "runs/get?run_id=" + run)
                .status())
        .isEqualTo(403);
  }

  @Test
  void a_job_writes_to_its_own_run_and_below_and_nowhere_else() {
    String job = job("j1", 1);
    announce("j1", 1);
    assertThat(door.post(job, MLFLOW + "runs/log-metric", metric(run)).status()).isEqualTo(200);
    assertThat(door.get(job, MLFLOW + "runs/get?run_id=" + run).status()).isEqualTo(200);
    assertThat(door.get(job, MLFLOW + "experiments/get?experiment_id=" + experiment).status())
        .isEqualTo(200);
    assertThat(door.get(job, "/api/3.0/mlflow/server-info").status()).isEqualTo(200);
    String files = "workspaces/" + tenant + "/" + experiment + "/";
    assertThat(put(job, files + run + "/artifacts/model/m.onnx", "x").status()).isEqualTo(200);

    String child = newRun(job, Map.of("experiment_id", experiment));
    assertThat(door.get(key, MLFLOW + "runs/get?run_id=" + child).text())
        .contains("mlflow.parentRunId", run);
    assertThat(door.post(job, MLFLOW + "runs/log-metric", metric(child)).status()).isEqualTo(200);
    assertThat(put(job, files + child + "/artifacts/f", "x").status()).isEqualTo(200);

    Answer model =
        door.post(job, MLFLOW + "logged-models", Map.of("experiment_id", experiment, "name", "m"));
    assertThat(model.status()).as(model.text()).isEqualTo(200);
    String modelId = model.json().at("/model/info/model_id").asString();
    assertThat(model.json().at("/model/info/source_run_id").asString()).isEqualTo(run);
    assertThat(put(job, files + "models/" + modelId + "/artifacts/MLmodel", "x").status())
        .isEqualTo(200);
    assertThat(
            door.json(
                    job,
                    "PATCH",
                    MLFLOW + "logged-models/" + modelId,
                    Map.of("model_id", modelId, "status", "LOGGED_MODEL_READY"))
                .status())
        .isEqualTo(200);

    String foreign = newRun(key, Map.of("experiment_id", experiment));
    String foreignModel =
        call("logged-models", Map.of("experiment_id", experiment, "source_run_id", foreign))
            .json()
            .at("/model/info/model_id")
            .asString();
    String elsewhere =
        call("experiments/create", Map.of("name", "other")).json().get("experiment_id").asString();
    List<Answer> refused =
        List.of(
            door.post(job, MLFLOW + "runs/log-metric", metric(foreign)),
            door.get(job, MLFLOW + "runs/get?run_id=" + foreign),
            door.post(job, MLFLOW + "runs/update", Map.of("run_id", foreign, "status", "FAILED")),
            door.post(job, MLFLOW + "runs/search", Map.of("experiment_ids", List.of(experiment))),
            door.post(job, MLFLOW + "runs/delete", Map.of("run_id", run)),
            door.post(job, MLFLOW + "runs/create", Map.of("experiment_id", elsewhere)),
            door.post(
                job,
                MLFLOW + "runs/create",
                Map.of(
                    "experiment_id",
                    experiment,
                    "tags",
                    List.of(Map.of("key", "mlflow.parentRunId", "value", foreign)))),
            door.get(job, MLFLOW + "experiments/get?experiment_id=" + elsewhere),
            door.post(job, MLFLOW + "experiments/create", Map.of("name", "x")),
            door.get(job, MLFLOW + "logged-models/" + foreignModel),
            door.post(
                job,
                MLFLOW + "runs/log-batch",
                Map.of(
                    "run_id",
                    run,
                    "metrics",
                    List.of(
                        Map.of("key", "k", "value", 1, "timestamp", 1, "model_id", foreignModel)))),
            door.get(job, MLFLOW + "registered-models/search"),
            put(job, files + foreign + "/artifacts/f", "x"),
            put(job, files + "models/" + foreignModel + "/artifacts/f", "x"));
    assertThat(refused)
        .allSatisfy(answer -> assertThat(answer.status()).as(answer.text()).isEqualTo(403));
  }

  @Test
  void a_stale_attempt_of_a_job_is_refused_with_a_conflict() {
    assertThat(door.post(job("j1", 1), MLFLOW + "runs/log-metric", metric(run)).status())
        .isEqualTo(409);
    announce("j1", 1);
    assertThat(door.post(job("j1", 1), MLFLOW + "runs/log-metric", metric(run)).status())
        .isEqualTo(200);
    announce("j1", 2);
    Answer stale = door.post(job("j1", 1), MLFLOW + "runs/log-metric", metric(run));
    assertThat(stale.status()).isEqualTo(409);
    assertThat(stale.code()).isEqualTo("Api:StaleWriter");
    assertThat(
            put(
                    job("j1", 1),
                    "workspaces/" + tenant + "/" + experiment + "/" + run + "/artifacts/f",
                    "zombie")
                .status())
        .isEqualTo(409);
    assertThat(door.post(job("j1", 2), MLFLOW + "runs/log-metric", metric(run)).status())
        .isEqualTo(200);
    assertThat(door.post(job("j2", 2), MLFLOW + "runs/log-metric", metric(run)).status())
        .isEqualTo(409);
  }

  private String job(String jobId, int attempt) {
    return TestTokens.job(tenant, jobId, attempt, run);
  }

  private void announce(String jobId, int attempt) {
    Answer announced =
        door.json(
            TestTokens.service(tenant, "training-orchestrator"),
            "PUT",
            "/api/v1/ml/experiments/runs/" + run + "/writer",
            Map.of("job_id", jobId, "attempt", attempt));
    assertThat(announced.status()).as(announced.text()).isEqualTo(200);
  }

  private static Map<String, Object> metric(String run) {
    return Map.of("run_id", run, "key", "m", "value", 1.5, "timestamp", 1000, "step", 1);
  }

  private String newRun(String credential, Map<String, ?> body) {
    Answer made = door.post(credential, MLFLOW + "runs/create", body);
    assertThat(made.status()).as(made.text()).isEqualTo(200);
    return made.json().at("/run/info/run_id").asString();
  }

  private Answer call(String path, Map<String, ?> body) {
    return door.post(key, MLFLOW + path, body);
  }

  private Answer put(String credential, String path, String content) {
    return door.send(
        credential,
        HttpRequest.newBuilder(door.address().resolve(ARTIFACTS + path))
            .PUT(HttpRequest.BodyPublishers.ofString(content)));
  }
}
