package ai.matih.ml.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.engine.Ray;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.training.job.ExperimentRuns;
import ai.matih.ml.training.job.FakeNeighbours;
import ai.matih.ml.training.job.JobChanges;
import ai.matih.ml.training.job.RegistryModels;
import ai.matih.ml.training.job.VersionRegistration;
import ai.matih.ml.training.testing.RunningService;
import ai.matih.ml.training.testing.RunsInMlflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Every algorithm on a real table of numbers and texts with gaps, on a real Ray and MLflow. */
class AlgorithmsOnRayIT {

  private static final String PATH = "/api/v1/ml/training/";
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** The least that a model of the penguins reaches: accuracy of the species, R² of the mass. */
  private static final double GOOD_CLASSES = 0.95;

  private static final double GOOD_NUMBERS = 0.75;

  private static RunsInMlflow runs;
  private static RunningService service;

  @BeforeAll
  static void start() throws IOException {
    Ray ray = TestEngines.ray();
    var mlflow = TestEngines.mlflow().url();
    Map<Class<?>, Object> fakes = FakeNeighbours.ports();
    Map<Class<?>, Object> ports = new HashMap<>();
    runs = new RunsInMlflow(mlflow, "algorithms-" + UUID.randomUUID());
    ports.put(ExperimentRuns.class, runs);
    for (Class<?> port : List.of(RegistryModels.class, VersionRegistration.class)) {
      ports.put(port, fakes.get(port));
    }
    service =
        RunningService.start(
            TestEngines.postgres().freshDatabase("training"),
            Map.of(
                "RAY_URL", ray.url().toString(),
                "RAY_TOKEN", ray.token(),
                "PUBLIC_URL", mlflow.toString(),
                "training.job.poll", "500ms"),
            ports);
    service.put(
        "acme",
        PATH + "datasets/penguins",
        Files.readAllBytes(Path.of("src/test/resources/penguins.csv")),
        "text/csv");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static String submit(String algorithm, String task, String target, String more) {
    RunningService.Answer taken =
        service.post(
            "acme",
            PATH + "submit",
            """
            {"name":"penguins-%1$s","algorithm":"%1$s","task":"%2$s","dataset":{"source":"dataset:penguins"},
             "target_column":"%3$s","resources":{"cpus_per_worker":0.25}%4$s}"""
                .formatted(algorithm, task, target, more));
    assertThat(taken.status()).as(taken.text()).isEqualTo(202);
    return taken.json().path("job_id").asString();
  }

  private static JsonNode ended(String id) {
    Instant until = Instant.now().plus(PATIENCE);
    while (true) {
      long mark = service.bean(JobChanges.class).mark();
      JsonNode job = service.get("acme", PATH + "jobs/" + id).json();
      if (List.of("succeeded", "failed", "cancelled").contains(job.path("status").asString())) {
        return job;
      }
      assertThat(Instant.now()).as(job.toString()).isBefore(until);
      try {
        service.bean(JobChanges.class).await(mark, Duration.ofSeconds(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private static Map<String, String> encodings(JsonNode job) {
    Map<String, String> found = new LinkedHashMap<>();
    job.path("columns")
        .forEach(
            column ->
                found.put(column.path("name").asString(), column.path("encoding").asString()));
    return found;
  }

  @Test
  void learn_what_is_in_the_table_and_can_be_served() {
    Map<String, String> classes = new LinkedHashMap<>();
    for (String algorithm : List.of("lightgbm", "hist_gradient_boosting", "logistic_regression")) {
      classes.put(algorithm, submit(algorithm, "classification", "species", ""));
    }
    classes.put(
        "xgboost",
        submit(
            "xgboost",
            "classification",
            "species",
            """
            ,"encodings":{"island":"one_hot"},"hyperparameters":{"early_stopping_rounds":5,
             "class_weight":{"Chinstrap":2}},"register":{"model_id":"churn"}"""));
    Map<String, String> numbers = new LinkedHashMap<>();
    for (String algorithm : List.of("linear_regression", "ridge")) {
      numbers.put(algorithm, submit(algorithm, "regression", "body_mass_g", ""));
    }

    Map<String, JsonNode> jobs = new LinkedHashMap<>();
    classes.forEach((algorithm, id) -> jobs.put(algorithm, ended(id)));
    numbers.forEach((algorithm, id) -> jobs.put(algorithm, ended(id)));

    jobs.forEach(
        (algorithm, job) -> {
          assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("succeeded");
          assertThat(job.path("model").path("files").propertyNames())
              .contains("model.onnx", "evaluation_report.json");
          JsonNode run = runs.run(job.path("run_id").asString());
          assertThat(run.path("inputs").path("dataset_inputs").toString())
              .contains("\"name\":\"penguins\"");
          assertThat(run.path("data").path("tags").toString()).contains("code_digest");
          assertThat(job.path("warnings").valueStream().map(w -> w.path("code").asString()))
              .as(algorithm)
              .doesNotContain("onnx_differs");
          JsonNode metrics = job.path("metrics");
          if (classes.containsKey(algorithm)) {
            assertThat(metrics.path("accuracy").asDouble())
                .as(algorithm)
                .isGreaterThan(GOOD_CLASSES);
          } else {
            assertThat(metrics.path("r2").asDouble()).as(algorithm).isGreaterThan(GOOD_NUMBERS);
          }
        });
    assertThat(encodings(Objects.requireNonNull(jobs.get("lightgbm"))))
        .containsEntry("island", "native")
        .containsEntry("flipper_length_mm", "number");
    assertThat(encodings(Objects.requireNonNull(jobs.get("ridge"))))
        .containsEntry("island", "one_hot")
        .containsEntry("flipper_length_mm", "standardized");
    assertThat(encodings(Objects.requireNonNull(jobs.get("xgboost"))))
        .containsEntry("island", "one_hot")
        .containsEntry("sex", "native");
    JsonNode asked = Objects.requireNonNull(jobs.get("xgboost"));
    assertThat(asked.path("registered").path("version").asInt()).isPositive();
    assertThat(asked.path("detail").path("encodings").path("island").asString())
        .isEqualTo("one_hot");
    for (String algorithm : List.of("xgboost", "hist_gradient_boosting", "ridge")) {
      comesOutTheSame(Objects.requireNonNull(jobs.get(algorithm)));
    }
  }

  private static void comesOutTheSame(JsonNode job) {
    String path = PATH + "jobs/" + job.path("job_id").asString() + "/reproduce";
    RunningService.Answer taken = service.post("acme", path, "");
    assertThat(taken.status()).as(taken.text()).isEqualTo(202);
    assertThat(taken.json().at("/reproduction/result").asString()).isEqualTo("pending");

    JsonNode again = ended(taken.json().path("job_id").asString());

    JsonNode reproduction = again.path("reproduction");
    assertThat(reproduction.path("result").asString()).as(again.toString()).isEqualTo("equal");
    assertThat(reproduction.path("same_data").asBoolean()).isTrue();
    assertThat(reproduction.path("metrics").size()).isEqualTo(job.path("metrics").size());
    assertThat(again.has("registered")).as("a reproduction makes no version").isFalse();
  }
}
