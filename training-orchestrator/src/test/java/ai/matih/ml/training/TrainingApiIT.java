package ai.matih.ml.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.testing.OpenApiContract;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.testing.UnreadableRequests;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.training.cluster.Capacity;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.FakeTrainingCluster;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.job.FakeNeighbours;
import ai.matih.ml.training.testing.RunningService;
import ai.matih.ml.training.testing.RunningService.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Training jobs over HTTP: the whole service with its loops, a cluster and neighbours in memory.
 */
class TrainingApiIT {

  private static final String PATH = "/api/v1/ml/training/";
  private static final FakeTrainingCluster CLUSTER = new FakeTrainingCluster();

  private static RunningService service;
  private static String digest;

  @BeforeAll
  static void start() {
    // Room for what every test leaves behind.
    CLUSTER.capacity(
        new Capacity(Collections.nCopies(100, new Capacity.Node(4, 0, 8L << 30, Map.of()))));
    Map<Class<?>, Object> ports = new HashMap<>(FakeNeighbours.ports());
    ports.put(TrainingCluster.class, CLUSTER);
    service =
        RunningService.start(
            TestEngines.postgres().freshDatabase("training"),
            Map.of("training.job.poll", "100ms"),
            ports);
    digest =
        service
            .put(
                "acme",
                PATH + "datasets/flights",
                "late,temp\n1,2.5\n0,3\n".getBytes(StandardCharsets.UTF_8),
                "text/csv")
            .json()
            .path("digest")
            .asString();
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static String body(String name, String more) {
    return """
    {"name":"%s","algorithm":"xgboost","task":"classification","dataset":{"source":"dataset:flights"},
     "target_column":"late"%s}\
    """
        .formatted(name, more);
  }

  private static Answer submit(String body, String... headers) {
    return service.post("acme", PATH + "submit", body, headers);
  }

  private static JsonNode awaitStatus(String id, String status) {
    Instant until = Instant.now().plus(Duration.ofSeconds(30));
    JsonNode job = service.get("acme", PATH + "jobs/" + id).json();
    while (!job.path("status").asString().equals(status)) {
      assertThat(Instant.now()).as(job.toString()).isBefore(until);
      job = service.get("acme", PATH + "jobs/" + id).json();
    }
    return job;
  }

  private static SubmissionId attempt(String id, int attempt) {
    return SubmissionId.of(UUID.fromString(id), attempt);
  }

  @Test
  void a_job_is_taken_followed_and_ends_with_its_model() {
    Answer taken = submit(body("walk", ",\"register\":{\"model_id\":\"churn\"}"));

    assertThat(taken.status()).as(taken.text()).isEqualTo(202);
    String id = taken.json().path("job_id").asString();
    assertThat(taken.headers().firstValue("Location")).contains("/api/v1/ml/training/jobs/" + id);
    assertThat(taken.json().path("run_id").asString()).isNotEmpty();
    assertThat(taken.json().path("experiment_id").asString()).isEqualTo("1");
    awaitStatus(id, "pending");
    CLUSTER.becomes(attempt(id, 1), ClusterJob.Status.RUNNING);
    awaitStatus(id, "running");
    assertThat(
            service
                .get("acme", PATH + "jobs/" + id + "/logs?tail=5")
                .json()
                .path("lines")
                .toString())
        .isEqualTo("[\"hello\"]");
    for (int none : new int[] {0, 2}) {
      assertThat(service.get("acme", PATH + "jobs/" + id + "/logs?attempt=" + none).fields())
          .containsExactly("attempt");
    }
    CLUSTER.becomes(attempt(id, 1), ClusterJob.Status.SUCCEEDED);

    JsonNode done = awaitStatus(id, "succeeded");
    assertThat(done.path("progress").path("percent").asInt()).isEqualTo(100);
    assertThat(done.path("model").path("artifact_path").asString()).isEqualTo("model");
    assertThat(done.path("source").asString()).isEqualTo("dataset:flights@" + digest);
    assertThat(done.toString()).doesNotContain("null");
    Answer late = service.post("acme", PATH + "jobs/" + id + "/cancel", "");
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.code()).isEqualTo("Training:IllegalJobMove");
    assertThat(
            service
                .post("acme", PATH + "jobs/" + id + "/retry", "")
                .json()
                .path("detail")
                .asString())
        .contains("submit a new job");
    assertThat(done.path("registered").path("version").asInt()).isPositive();
    Answer split = service.get("acme", PATH + "jobs/" + id + "/split");
    assertThat(split.headers().firstValue("Content-Type"))
        .contains("application/vnd.apache.parquet");
    assertThat(split.text()).isEqualTo(done.path("run_id").asString());
    assertThat(service.get("globex", PATH + "jobs/" + id + "/split").status()).isEqualTo(404);
  }

  @Test
  void a_job_that_has_trained_nothing_has_no_split() {
    String id = submit(body("untrained", "")).json().path("job_id").asString();

    assertThat(service.get("acme", PATH + "jobs/" + id + "/split").code())
        .isEqualTo("Training:SplitNotFound");
  }

  @Test
  void a_search_has_trials_and_a_plain_job_has_none() {
    String search =
        """
        ,"tuning":{"search":"random","metric":"auc","max_trials":3,
          "parameter_space":{"max_depth":{"type":"choice","values":[2,3]}}}""";
    Answer taken = submit(body("search", search));
    assertThat(taken.status()).as(taken.text()).isEqualTo(202);
    String id = taken.json().path("job_id").asString();

    JsonNode tuning = taken.json().path("detail").path("tuning");
    assertThat(tuning.path("mode").asString()).isEqualTo("max");
    assertThat(tuning.path("parameter_space").path("max_depth").path("values").toString())
        .isEqualTo("[2,3]");
    JsonNode trials = service.get("acme", PATH + "jobs/" + id + "/trials").json();

    assertThat(trials.path("mode").asString()).isEqualTo("max");
    assertThat(trials.path("max_trials").asInt()).isEqualTo(3);
    assertThat(trials.path("items").size()).isZero();
    assertThat(service.get("globex", PATH + "jobs/" + id + "/trials").status()).isEqualTo(404);
    assertThat(service.get("acme", PATH + "jobs/none/trials").code())
        .isEqualTo("Training:JobNotFound");
    String plain = submit(body("no-search", "")).json().path("job_id").asString();
    assertThat(service.get("acme", PATH + "jobs/" + plain + "/trials").code())
        .isEqualTo("Training:TrialsNotFound");
    assertThat(submit(body("wrong", search.replace("\"auc\"", "\"auc\",\"trials\":5"))).fields())
        .containsExactly("tuning.trials");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5 | tuning",
        "[] | tuning",
        "{\"grid\":1} | tuning.grid",
        "{\"max_trials\":\"six\"} | tuning.max_trials",
        "{\"max_trials\":1.5} | tuning.max_trials",
        "{\"max_trials\":99999999999} | tuning.max_trials",
        "{\"seed\":[1]} | tuning.seed",
        "{\"scheduler\":\"asha\"} | tuning.scheduler",
        "{\"scheduler\":{\"type\":\"asha\",\"brackets\":2}} | tuning.scheduler.brackets",
        "{\"budget\":{\"cpu_seconds\":\"many\"}} | tuning.budget.cpu_seconds",
        "{\"budget\":{\"cpu_seconds\":1e400}} | tuning.budget.cpu_seconds",
        "{\"budget\":{\"trials\":5}} | tuning.budget.trials",
        "{\"validation\":3} | tuning.validation",
        "{\"parameter_space\":[]} | tuning.parameter_space",
        "{\"parameter_space\":{\"max_depth\":3}} | tuning.parameter_space.max_depth",
        "{\"parameter_space\":{\"max_depth\":{\"type\":\"choice\",\"values\":3}}} | tuning.parameter_space.max_depth.values",
        "{\"parameter_space\":{\"max_depth\":{\"type\":\"randint\",\"lower\":\"x\",\"upper\":3}}} | tuning.parameter_space.max_depth.lower",
        "{\"parameter_space\":{\"max_depth\":{\"type\":\"randint\",\"lower\":1,\"upper\":3,\"step\":2}}} | tuning.parameter_space.max_depth.step",
      })
  void names_what_is_no_search(String tuning, String field) {
    Answer refused = submit(body("unreadable", ",\"tuning\":" + tuning));

    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.fields()).as(refused.text()).contains(field);
  }

  @Test
  void a_repeat_with_the_same_key_is_the_same_job() {
    String key = UUID.randomUUID().toString();
    Answer first = submit(body("once", ""), "Idempotency-Key", key);
    Answer second = submit(body("once", ""), "Idempotency-Key", key);
    Answer other = submit(body("twice", ""), "Idempotency-Key", key);

    assertThat(second.text()).isEqualTo(first.text());
    assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
    assertThat(other.status()).isEqualTo(422);
    assertThat(service.get("acme", PATH + "jobs?name=once").json().path("items").size())
        .isEqualTo(1);
  }

  @Test
  void a_cancelled_job_can_be_retried() {
    String id = submit(body("cancelled", "")).json().path("job_id").asString();
    Answer cancel = service.post("acme", PATH + "jobs/" + id + "/cancel", "");
    assertThat(cancel.status()).isEqualTo(202);
    assertThat(cancel.json().path("cancel_requested").asBoolean()).isTrue();
    awaitStatus(id, "cancelled");
    assertThat(service.post("acme", PATH + "jobs/" + id + "/cancel", "").status()).isEqualTo(202);

    assertThat(
            service.post("acme", PATH + "jobs/" + id + "/retry", "").json().path("attempt").asInt())
        .isEqualTo(2);
    awaitStatus(id, "pending");
    CLUSTER.becomes(attempt(id, 2), ClusterJob.Status.SUCCEEDED);
    awaitStatus(id, "succeeded");
  }

  @Test
  void events_tell_every_change_until_the_end() throws Exception {
    String id = submit(body("streamed", "")).json().path("job_id").asString();
    awaitStatus(id, "pending");
    HttpResponse<java.util.stream.Stream<String>> stream =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(service.address().resolve(PATH + "jobs/" + id + "/events"))
                    .header(
                        "Authorization",
                        "Bearer "
                            + ai.matih.ml.common.testing.TestTokens.user(
                                "acme", "alice", ai.matih.ml.common.security.Role.VIEWER))
                    .timeout(Duration.ofSeconds(30))
                    .build(),
                HttpResponse.BodyHandlers.ofLines());
    CLUSTER.becomes(attempt(id, 1), ClusterJob.Status.SUCCEEDED);

    List<String> lines = stream.body().filter(line -> line.startsWith("data:")).toList();

    assertThat(stream.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    assertThat(lines.getFirst()).contains("\"status\":\"pending\"");
    assertThat(lines.getLast()).contains("\"status\":\"succeeded\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "[]",
        "\"text\"",
        "{\"unknown_field\":1}",
        "{\"name\":5}",
        "{\"resources\":{\"num_workers\":\"two\"}}",
        "{\"resources\":{\"num_workers\":2.5}}",
        "{\"resources\":{\"num_workers\":99999999999}}",
        "{\"hyperparameters\":[1]}",
        "{\"split\":{\"wrong\":1}}",
        "{\"priority\":true}",
      })
  void a_malformed_request_is_refused(String body) {
    Answer answer = submit(body);

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .contains("application/problem+json");
  }

  @Test
  void an_impossible_request_is_refused_with_what_there_is() {
    Answer large =
        submit(body("large", ",\"resources\":{\"num_workers\":64,\"cpus_per_worker\":8}"));
    Answer gpu = submit(body("gpu", ",\"resources\":{\"gpus_per_worker\":1}"));
    Answer experiment = submit(body("exp", ",\"experiment_id\":\"12345\""));

    assertThat(large.status()).isEqualTo(400);
    assertThat(large.fields()).containsExactly("resources.num_workers");
    assertThat(large.json().path("params").path("capacity").path("cpus").asDouble()).isEqualTo(400);
    assertThat(gpu.fields()).containsExactly("resources.gpus_per_worker");
    assertThat(experiment.fields()).containsExactly("experiment_id");
    assertThat(
            submit(body("exp", ",\"experiment_id\":\"7\"")).json().path("experiment_id").asString())
        .isEqualTo("7");
  }

  @Test
  void a_job_belongs_to_its_tenant() {
    String id = submit(body("mine", "")).json().path("job_id").asString();

    for (String path : List.of("", "/logs", "/checkpoints", "/events")) {
      assertThat(service.get("globex", PATH + "jobs/" + id + path).code())
          .as(path)
          .isEqualTo("Training:JobNotFound");
    }
    assertThat(service.post("globex", PATH + "jobs/" + id + "/cancel", "").status()).isEqualTo(404);
    assertThat(service.post("globex", PATH + "jobs/" + id + "/retry", "").status()).isEqualTo(404);
    assertThat(service.get("globex", PATH + "jobs").json().path("items").size()).isZero();
    assertThat(service.post("globex", PATH + "submit", body("theirs", "")).fields())
        .containsExactly("dataset.source");
  }

  @Test
  void lists_are_paged_and_filtered() {
    for (int i = 0; i < 3; i++) {
      submit(body("paged", ""));
    }
    Answer first = service.get("acme", PATH + "jobs?name=paged&page_size=2");
    String token = first.json().path("next_page_token").asString();
    Answer second = service.get("acme", PATH + "jobs?name=paged&page_size=2&page_token=" + token);

    assertThat(first.json().path("items").size()).isEqualTo(2);
    assertThat(second.json().path("items").size()).isEqualTo(1);
    assertThat(second.json().has("next_page_token")).isFalse();
    assertThat(service.get("acme", PATH + "jobs?status=nonsense").fields())
        .containsExactly("status");
    assertThat(service.get("acme", PATH + "jobs?page_token=nonsense").fields())
        .containsExactly("page_token");
    assertThat(service.get("acme", PATH + "jobs/not-an-id").status()).isEqualTo(404);
    assertThat(service.get("acme", PATH + "jobs/not-an-id/logs?tail=0").status()).isEqualTo(400);
  }

  @Test
  void the_capacity_shows_what_there_is_and_what_waits() {
    JsonNode capacity = service.get("acme", PATH + "capacity").json();

    assertThat(capacity.path("cpus").asDouble()).isEqualTo(400);
    assertThat(capacity.path("reserved").path("cpus").asDouble()).isNotNegative();
    assertThat(capacity.path("before_you").path("jobs").isInt()).isTrue();
    assertThat(service.get("acme", PATH + "capacity?priority=101").fields())
        .containsExactly("priority");
  }

  private static byte[] zip(String name, String content) throws java.io.IOException {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    try (java.util.zip.ZipOutputStream zip = new java.util.zip.ZipOutputStream(bytes)) {
      zip.putNextEntry(new java.util.zip.ZipEntry(name));
      zip.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static Answer upload(String tenant, byte[] zip, String type) {
    return service.send(tenant, "POST", PATH + "packages", zip, type, Map.of());
  }

  @Test
  void a_package_is_its_bytes() throws java.io.IOException {
    byte[] zip = zip("test_it.py", "def test_it(): pass");
    Answer first = upload("acme", zip, "application/zip");
    Answer again = upload("acme", zip, "application/zip");
    String of = first.json().path("digest").asString();

    assertThat(first.status()).as(first.text()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(first.json().path("created_by").asString()).isEqualTo("user:alice");
    assertThat(first.json().path("files").asInt()).isEqualTo(1);
    assertThat(service.get("acme", PATH + "packages/" + of).json()).isEqualTo(first.json());
    assertThat(service.get("globex", PATH + "packages/" + of).code())
        .isEqualTo("Training:PackageNotFound");
    assertThat(upload("acme", zip, "application/octet-stream").status()).isEqualTo(415);
    assertThat(upload("acme", zip("../x", "x"), "application/zip").code())
        .isEqualTo("Training:PackageRefused");
    assertThat(upload("acme", new byte[33 << 20], "application/zip").code())
        .isEqualTo("Training:PackageTooLarge");
  }

  private static String artifact(String modelId, String digestOfFiles) {
    return """
    {"model_id":"%s","version":3,"digest":"%s","files":{"model.onnx":"%s"}}\
    """
        .formatted(modelId, digestOfFiles, "a".repeat(64));
  }

  private static String filesDigest() {
    return Digest.ofFiles(Map.of("model.onnx", "a".repeat(64))).value();
  }

  private static String evaluation(String artifact, String dataset, String target) {
    return """
    {"artifact":%s,"dataset":"%s","target_column":"%s","requested_by":"user:bob"}\
    """
        .formatted(artifact, dataset, target);
  }

  @Test
  void a_version_is_measured_for_the_registry() {
    String body = evaluation(artifact("churn", filesDigest()), "dataset:flights@" + digest, "late");
    String key = UUID.randomUUID().toString();
    Answer taken = service.postAsRegistry("acme", PATH + "evaluations", body, key);
    Answer repeated = service.postAsRegistry("acme", PATH + "evaluations", body, key);

    assertThat(taken.status()).as(taken.text()).isEqualTo(202);
    assertThat(repeated.text()).isEqualTo(taken.text());
    assertThat(taken.json().path("kind").asString()).isEqualTo("evaluation");
    assertThat(taken.json().path("submitted_by").asString()).isEqualTo("user:bob");
    assertThat(taken.json().has("run_id")).isFalse();
    assertThat(taken.json().has("algorithm")).isFalse();
    String id = taken.json().path("job_id").asString();
    awaitStatus(id, "pending");
    CLUSTER.becomes(attempt(id, 1), ClusterJob.Status.SUCCEEDED);
    JsonNode done = awaitStatus(id, "succeeded");
    assertThat(done.path("measured").path("metrics").path("auc").asDouble()).isEqualTo(0.8);
    assertThat(done.path("measured").path("data_digest").asString()).isEqualTo(digest);
    assertThat(done.path("about").path("digest").asString()).isEqualTo(filesDigest());
    assertThat(service.get("acme", PATH + "jobs/" + id + "/report").code())
        .isEqualTo("Training:ReportNotFound");
  }

  @Test
  void a_version_is_tested_for_the_registry() throws java.io.IOException {
    String of =
        upload("acme", zip("test_b.py", "def test_b(): pass"), "application/zip")
            .json()
            .path("digest")
            .asString();
    String body =
        "{\"artifact\":%s,\"package_digest\":\"%s\"}"
            .formatted(artifact("churn", filesDigest()), of);
    Answer taken = service.postAsRegistry("acme", PATH + "tests", body, "tests-1");

    assertThat(taken.status()).as(taken.text()).isEqualTo(202);
    assertThat(taken.json().path("about").path("package_uploaded_by").asString())
        .isEqualTo("user:alice");
    String id = taken.json().path("job_id").asString();
    awaitStatus(id, "pending");
    CLUSTER.becomes(attempt(id, 1), ClusterJob.Status.SUCCEEDED);
    awaitStatus(id, "succeeded");
    Answer report = service.get("acme", PATH + "jobs/" + id + "/report");
    assertThat(report.text()).isEqualTo("<testsuite/>");
    assertThat(report.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(service.get("globex", PATH + "jobs/" + id + "/report").status()).isEqualTo(404);
  }

  @Test
  void wrong_work_about_a_version_is_refused_and_names_the_field() {
    String good = artifact("churn", filesDigest());
    String dataset = "dataset:flights@" + digest;
    Map<String, String> bodies =
        Map.of(
            evaluation(artifact("Churn!", filesDigest()), dataset, "late"), "artifact.model_id",
            evaluation(artifact("churn", digest), dataset, "late"), "artifact.digest",
            evaluation(good, "dataset:flights", "late"), "dataset",
            evaluation(good, "s3://datasets/globex/x.parquet", "late"), "dataset",
            evaluation(good, "dataset:flights@sha256:" + "0".repeat(64), "late"), "dataset",
            evaluation(good, dataset, "nothing"), "target_column",
            evaluation(good, dataset, ""), "target_column",
            evaluation(good.replace("model.onnx", "../model.onnx"), dataset, "late"),
                "artifact.files");
    bodies.forEach(
        (body, field) ->
            assertThat(
                    service
                        .postAsRegistry(
                            "acme", PATH + "evaluations", body, UUID.randomUUID().toString())
                        .fields())
                .as(body)
                .containsExactly(field));
    assertThat(
            service
                .postAsRegistry(
                    "acme",
                    PATH + "tests",
                    "{\"artifact\":%s,\"package_digest\":\"sha256:0\"}".formatted(good),
                    UUID.randomUUID().toString())
                .fields())
        .containsExactly("package_digest");
    // People ask the registry.
    assertThat(
            service.post("acme", PATH + "evaluations", evaluation(good, dataset, "late")).status())
        .isEqualTo(403);
    assertThat(
            service
                .postAsRegistry(
                    "globex",
                    PATH + "evaluations",
                    evaluation(good, dataset, "late"),
                    UUID.randomUUID().toString())
                .fields())
        .containsExactly("dataset");
  }

  @Test
  void a_request_that_cannot_be_read_is_answered_by_a_problem() throws Exception {
    String port = service.context().getEnvironment().getProperty("local.server.port");
    UnreadableRequests.check(
        URI.create("http://127.0.0.1:" + port),
        "/api/v1/ml/training/jobs",
        TestTokens.user("acme", "alice", Role.DATA_SCIENTIST));
  }

  @Test
  void the_api_is_the_one_that_is_checked_in() {
    OpenApiContract.verify(
        service.get("acme", "/v3/api-docs").text(),
        Path.of("src/main/openapi/training-orchestrator.json"));
  }
}
