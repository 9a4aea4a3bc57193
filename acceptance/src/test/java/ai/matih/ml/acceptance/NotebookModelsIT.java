package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Await;
import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.local.engine.TestEngines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Models that a notebook logs with the ordinary MLflow client become versions by one call and are
 * served in Production as the notebook's own library answers; what cannot be served is refused in a
 * sentence.
 */
class NotebookModelsIT {

  private static final SameAnswers SAME = new SameAnswers(1e-4);
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Map<String, String> REFUSED =
      Map.of("without-example", "input_example=X_train.head(100)");

  /** Served by Ray Serve, with the reason. */
  private static final Map<String, String> NATIVE_ONLY =
      Map.of("inconvertible", "needs the operator 'Scan'");

  private final Door door =
      RunningPlatform.admin().as(RunningPlatform.key("default", "admin", "user:norbert"));
  private final Door reviewer =
      RunningPlatform.admin().as(RunningPlatform.key("default", "reviewer", "user:rita"));
  private final String suffix = RunningPlatform.suffix();

  @Test
  void logged_models_go_to_production_or_say_why_not(@TempDir Path folder) throws Exception {
    JsonNode logged = JSON.readTree(python(folder, "notebook-models-" + suffix));
    Map<String, Future<?>> journeys = new LinkedHashMap<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      logged
          .properties()
          .forEach(
              model ->
                  journeys.put(
                      model.getKey(),
                      threads.submit(
                          () -> {
                            if (REFUSED.containsKey(model.getKey())) {
                              refused(model.getKey(), model.getValue());
                            } else {
                              toProduction(model.getKey(), model.getValue());
                            }
                          })));
    }
    assertThat(journeys).hasSize(6);
    for (Future<?> journey : journeys.values()) {
      journey.get();
    }
  }

  private void toProduction(String kind, JsonNode told) {
    String name = model(kind, told);
    String path = "/models/" + name;
    JsonNode job = prepared(name, told);
    assertThat(job.path("status").asString()).as(kind + ": " + job).isEqualTo("succeeded");
    int version = job.path("registered").path("version").asInt();
    assertThat(version).isEqualTo(1);

    JsonNode again =
        door.post(
                path + "/versions",
                Map.of("logged_model_id", told.path("logged_model_id").asString()))
            .expect(200)
            .json();
    assertThat(again.path("version").asInt()).as("the same model is the same version").isOne();
    JsonNode checked =
        Await.until(
            "the checks of " + name,
            PATIENCE,
            () -> door.get(path + "/versions/1").expect(200).json(),
            seen -> seen.path("validation").asString().equals("done"));
    assertThat(checked.path("provenance").asString()).isEqualTo("self_reported");
    boolean nativeOnly = NATIVE_ONLY.containsKey(kind);
    assertThat(checked.path("onnx").asString())
        .as(kind)
        .isEqualTo(nativeOnly ? "absent" : "verified");
    if (nativeOnly) {
      assertThat(job.path("warnings").toString()).contains("no_onnx_form", NATIVE_ONLY.get(kind));
    }
    promote(name, "staging");
    String deployment =
        door.post(path + "/deploy", Map.of("version", 1, "traffic", Map.of("strategy", "none")))
            .expect(202)
            .text("/id");
    assertThat(door.get("/deployments/" + deployment).text("/engine"))
        .isEqualTo(nativeOnly ? "ray_serve" : "onnx");
    Await.until(
        "the deployment of " + name,
        PATIENCE,
        () -> door.get("/deployments/" + deployment).expect(200).json(),
        seen -> seen.path("status").asString().equals("ready"));
    promote(name, "production");
    requireAnswers(kind, told, predicted(name, told));
  }

  private JsonNode predicted(String name, JsonNode told) {
    boolean classifies = told.path("task").asString().equals("classification");
    return door.post(
            "/predict",
            Map.of(
                "model_id",
                name,
                "instances",
                told.path("rows"),
                "options",
                Map.of("version", 1, "return_probabilities", classifies)))
        .expect(200)
        .json();
  }

  private void refused(String kind, JsonNode told) {
    String name = model(kind, told);
    JsonNode job = prepared(name, told);

    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("failed");
    assertThat(job.path("failure").path("message").asString())
        .contains(REFUSED.get(kind))
        .doesNotContain("\n");
    assertThat(door.get("/models/" + name + "/versions").expect(200).json().path("items"))
        .isEmpty();
  }

  private String model(String kind, JsonNode told) {
    String name = kind + "-" + suffix;
    String metric = told.path("task").asString().equals("regression") ? "r2" : "accuracy";
    door.post(
            "/models",
            Map.of(
                "name",
                name,
                "task",
                told.path("task").asString(),
                "policy",
                Map.of(
                    "accept_self_reported_metrics",
                    true,
                    "baseline",
                    List.of(Map.of("metric", metric, "min", 0.5)))))
        .expect(201);
    return name;
  }

  private JsonNode prepared(String name, JsonNode told) {
    Answer taken =
        door.post(
            "/models/" + name + "/versions", Map.of("run_id", told.path("run_id").asString()));
    String job = taken.expect(202).text("/job_id");
    return Await.until(
        "the preparation of " + name,
        PATIENCE,
        () -> door.get("/training/jobs/" + job).expect(200).json(),
        seen ->
            List.of("succeeded", "failed", "cancelled").contains(seen.path("status").asString()));
  }

  /** Asks for the move, lets a reviewer approve where one is needed, and waits for the stage. */
  private void promote(String name, String stage) {
    String transition =
        door.post(
                "/models/" + name + "/promote",
                Map.of("version", 1, "target_stage", stage, "reason", "as the notebook says"))
            .expect(200, 202)
            .text("/id");
    String path = "/models/%s/transitions/%s".formatted(name, transition);
    if (stage.equals("production")) {
      reviewer.post(path + "/approve", Map.of("comment", "looks right")).expect(200, 202);
    }
    Await.until(
        name + " in " + stage,
        PATIENCE,
        () -> door.get(path).expect(200).json(),
        seen -> seen.path("status").asString().equals("completed"));
  }

  private static void requireAnswers(String kind, JsonNode expected, JsonNode answered) {
    for (String part : List.of("predictions", "probabilities")) {
      SAME.require(kind + " " + part, expected.path(part), answered.path(part));
    }
  }

  /** Logs the models with the MLflow client; returns what the script prints. */
  private static String python(Path folder, String experiment) throws Exception {
    Path errors = Files.createTempFile(folder, "python", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(TestEngines.python().toString(), script().toString(), experiment)
            .redirectError(errors.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "MLFLOW_TRACKING_URI",
                RunningPlatform.admin().base().toString(),
                "MLFLOW_TRACKING_TOKEN",
                RunningPlatform.key("default", "ml-engineer", "user:norbert"),
                "PYTHONIOENCODING",
                "utf-8"));
    Process process = builder.start();
    try {
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
      return printed.lines().filter(line -> line.startsWith("{")).reduce("", (_, last) -> last);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Maven runs tests in the module's folder, an editor perhaps in the repository's. */
  private static Path script() {
    Path file = Path.of("src/test/python/notebook_models.py");
    return (Files.exists(file) ? file : Path.of("acceptance").resolve(file)).toAbsolutePath();
  }
}
