package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Await;
import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.local.engine.TestEngines;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tables as people's tools write them, learned by every algorithm, go from upload to prediction,
 * and the platform answers what the library that trained the model answers to the same rows.
 */
class RealTablesIT {

  private static final SameAnswers SAME = new SameAnswers(1e-5);
  private static final Duration PATIENCE = Duration.ofMinutes(6);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Map<String, String> FILES =
      Map.of(
          "pandas", "pandas.parquet",
          "polars", "polars.parquet",
          "r", "r.csv",
          "spreadsheet", "spreadsheet.csv",
          "lightgbm", "lightgbm/pandas.parquet",
          "hist_gradient_boosting", "hist_gradient_boosting/spreadsheet.csv",
          "logistic_regression", "logistic_regression/r.csv",
          "ridge", "ridge/polars.parquet");

  private final Door door =
      RunningPlatform.admin().as(RunningPlatform.key("default", "admin", "user:tabitha"));
  private final String suffix = RunningPlatform.suffix();

  @Test
  void tables_of_every_tool_are_predicted_as_their_own_library_does(@TempDir Path folder)
      throws Exception {
    JsonNode told = JSON.readTree(python(folder, "make", folder.toString()));
    Map<String, Future<Journey>> journeys = new LinkedHashMap<>();
    // Side by side: most of their time each waits for the cluster.
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      FILES.forEach(
          (tool, file) ->
              journeys.put(
                  tool,
                  threads.submit(
                      () -> fromUploadToPrediction(folder.resolve(file), tool, told.path(tool)))));
    }

    List<String> runs = new ArrayList<>(List.of("answer", folder.toString()));
    for (Map.Entry<String, Future<Journey>> journey : journeys.entrySet()) {
      runs.add(journey.getKey() + "=" + journey.getValue().get().runId());
    }
    JsonNode expected = JSON.readTree(python(folder, runs.toArray(String[]::new)));
    for (Map.Entry<String, Future<Journey>> journey : journeys.entrySet()) {
      String tool = journey.getKey();
      JsonNode answered = journey.getValue().get().answered();
      assertThat(expected.path(tool).path("predictions")).as(tool).hasSize(20);
      for (String part : List.of("predictions", "probabilities")) {
        SAME.require(tool + " " + part, expected.path(tool).path(part), answered.path(part));
      }
    }
  }

  @Test
  void a_spreadsheet_with_decimal_commas_is_told_what_to_do(@TempDir Path folder) throws Exception {
    python(folder, "make", folder.toString());

    JsonNode columns =
        upload(folder.resolve("spreadsheet.comma.csv"), "comma-" + suffix, "text/csv")
            .path("columns");

    assertThat(columns.valueStream().map(column -> column.path("name").asString()))
        .containsExactly("Größe in m²", "Lage", "Zimmer", "Preis");
    for (int number : new int[] {0, 3}) {
      JsonNode column = columns.path(number);
      assertThat(column.path("type").asString()).as(column.toString()).isEqualTo("string");
      assertThat(column.path("note").asString()).contains("decimal comma");
    }
    Answer refused =
        door.post(
            "/training/submit",
            job("comma-" + suffix, "dataset:comma-" + suffix, "xgboost", "regression", "Preis"));
    assertThat(refused.expect(400).json().path("violations").path(0).path("field").asString())
        .isEqualTo("target_column");
  }

  /** What came of one table. */
  private record Journey(String runId, JsonNode answered) {}

  private Journey fromUploadToPrediction(Path file, String tool, JsonNode told) {
    String name = tool.replace('_', '-') + "-" + suffix;
    String task = told.path("task").asString();
    String type = file.toString().endsWith(".csv") ? "text/csv" : "application/vnd.apache.parquet";
    String source = upload(file, name, type).path("source").asString();
    door.post("/models", Map.of("name", name, "task", task)).expect(201);
    Map<String, Object> job =
        job(name, source, told.path("algorithm").asString(), task, told.path("target").asString());
    job.put("register", Map.of("model_id", name));

    String id = door.post("/training/submit", job).expect(202).text("/job_id");
    JsonNode ended =
        await("the training of " + name, "/training/jobs/" + id, "succeeded", "failed");
    assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("succeeded");
    int version = ended.path("registered").path("version").asInt();
    await("the checks of " + name, "/models/" + name + "/versions/" + version, "done");
    String deployment =
        door.post(
                "/models/" + name + "/deploy",
                Map.of("version", version, "engine", "onnx", "traffic", Map.of("strategy", "none")))
            .expect(202)
            .text("/id");
    await("the deployment of " + name, "/deployments/" + deployment, "ready");

    JsonNode answered =
        door.post(
                "/predict",
                Map.of(
                    "model_id",
                    name,
                    "instances",
                    told.path("rows"),
                    "options",
                    Map.of(
                        "version", version, "return_probabilities", task.equals("classification"))))
            .expect(200)
            .json();
    return new Journey(ended.path("run_id").asString(), answered);
  }

  private static Map<String, Object> job(
      String name, String source, String algorithm, String task, String target) {
    Map<String, Object> job = new LinkedHashMap<>();
    job.put("name", name);
    job.put("algorithm", algorithm);
    job.put("task", task);
    job.put("dataset", Map.of("source", source));
    job.put("target_column", target);
    job.put("resources", Map.of("num_workers", 1, "cpus_per_worker", 0.5));
    return job;
  }

  private JsonNode upload(Path file, String name, String type) {
    return door.upload("/training/datasets/" + name, type, () -> open(file), file.toString())
        .expect(201)
        .json();
  }

  private static InputStream open(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the status, or the validation of a version, is one of the words. */
  private JsonNode await(String what, String path, String... words) {
    Predicate<JsonNode> reached =
        seen ->
            List.of(words).contains(seen.path("status").asString(""))
                || List.of(words).contains(seen.path("validation").asString(""));
    return Await.until(what, PATIENCE, () -> door.get(path).expect(200).json(), reached);
  }

  /** Runs the script that knows the tools; returns the line that it prints. */
  private static String python(Path folder, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(TestEngines.python().toString(), script().toString()));
    command.addAll(List.of(arguments));
    Path errors = Files.createTempFile(folder, "python", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "MLFLOW_TRACKING_URI",
                RunningPlatform.admin().base().toString(),
                "MLFLOW_TRACKING_TOKEN",
                RunningPlatform.key("default", "viewer", "user:tabitha"),
                "PYTHONIOENCODING",
                "utf-8"));
    Process process = builder.start();
    try {
      byte[] printed = process.getInputStream().readAllBytes();
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
      return new String(printed, java.nio.charset.StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Maven runs tests in the module's folder, an editor perhaps in the repository's. */
  private static Path script() {
    Path file = Path.of("src/test/python/real_tables.py");
    return (Files.exists(file) ? file : Path.of("acceptance").resolve(file)).toAbsolutePath();
  }
}
