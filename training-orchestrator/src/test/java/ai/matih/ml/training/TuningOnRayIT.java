package ai.matih.ml.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.matih.ml.local.engine.Ray;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.training.job.ExperimentRuns;
import ai.matih.ml.training.job.FakeNeighbours;
import ai.matih.ml.training.job.JobChanges;
import ai.matih.ml.training.job.RegistryModels;
import ai.matih.ml.training.job.VersionRegistration;
import ai.matih.ml.training.testing.RunningService;
import ai.matih.ml.training.testing.RunsInMlflow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A search for hyperparameters on a real Ray, with its runs in a real MLflow. */
class TuningOnRayIT {

  private static final String PATH = "/api/v1/ml/training/";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static RunsInMlflow runs;
  private static RunningService service;

  @BeforeAll
  static void start() {
    Ray ray = TestEngines.ray();
    var mlflow = TestEngines.mlflow().url();
    runs = new RunsInMlflow(mlflow, "tuning-" + UUID.randomUUID());
    Map<Class<?>, Object> fakes = FakeNeighbours.ports();
    Map<Class<?>, Object> ports = new HashMap<>();
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
        "acme", PATH + "datasets/late", table().getBytes(StandardCharsets.UTF_8), "text/csv");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  /** Late when the wind is strong or, less surely, when the hour is late. */
  private static String table() {
    Random random = new Random(1);
    StringBuilder csv = new StringBuilder("wind,hour,late\n");
    for (int row = 0; row < 600; row++) {
      double wind = random.nextGaussian();
      int hour = random.nextInt(24);
      boolean late = wind + (hour - 12) / 8.0 + random.nextGaussian() / 2 > 0;
      csv.append("%.3f,%d,%d\n".formatted(wind, hour, late ? 1 : 0));
    }
    return csv.toString();
  }

  private static String submit(int rounds, String tuning) {
    RunningService.Answer taken =
        service.post(
            "acme",
            PATH + "submit",
            """
            {"name":"late","algorithm":"xgboost","task":"classification","dataset":{"source":"dataset:late"},
             "target_column":"late","hyperparameters":{"num_boost_round":%d},
             "resources":{"cpus_per_worker":0.5},"register":{"model_id":"churn"},"tuning":%s}"""
                .formatted(rounds, tuning));
    assertThat(taken.status()).as(taken.text()).isEqualTo(202);
    return taken.json().path("job_id").asString();
  }

  private static JsonNode job(String id, Predicate<JsonNode> wanted) {
    return await("jobs/" + id, wanted);
  }

  private static JsonNode await(String path, Predicate<JsonNode> wanted) {
    Instant until = Instant.now().plus(PATIENCE);
    while (true) {
      long mark = service.bean(JobChanges.class).mark();
      JsonNode found = service.get("acme", PATH + path).json();
      if (wanted.test(found)) {
        return found;
      }
      assertThat(Instant.now()).as(found.toString()).isBefore(until);
      try {
        service.bean(JobChanges.class).await(mark, Duration.ofSeconds(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private static boolean hasEnded(JsonNode job) {
    return List.of("succeeded", "failed", "cancelled").contains(job.path("status").asString());
  }

  private static double value(JsonNode run, String metric) {
    return run.path("data")
        .path("metrics")
        .valueStream()
        .filter(found -> found.path("key").asString().equals(metric))
        .findFirst()
        .orElseThrow()
        .path("value")
        .asDouble();
  }

  @Test
  void the_best_of_six_trials_becomes_a_version() {
    String id =
        submit(
            30,
            """
            {"search":"bayesian","metric":"auc","max_trials":6,"max_concurrent_trials":2,
             "scheduler":{"type":"asha","grace_period":10},"budget":{"wall_time":"PT10M"},
             "parameter_space":{"max_depth":{"type":"randint","lower":1,"upper":6},
               "learning_rate":{"type":"loguniform","lower":0.01,"upper":0.5}}}""");
    JsonNode live = await("jobs/" + id + "/trials", found -> found.path("finished").asInt() > 0);
    assertThat(live.path("metric").asString()).isEqualTo("auc");

    JsonNode done = job(id, TuningOnRayIT::hasEnded);

    assertThat(done.path("status").asString()).as(done.toString()).isEqualTo("succeeded");
    assertThat(done.path("registered").path("version").asInt()).isPositive();
    assertThat(done.path("model").path("files").has("sweep.json")).isTrue();
    assertThat(done.path("resources_used").path("cpu_seconds").asDouble()).isPositive();
    assertThat(done.path("warnings").valueStream().map(w -> w.path("code").asString()))
        .contains("chosen_by_held_out_rows");
    JsonNode board = service.get("acme", PATH + "jobs/" + id + "/trials").json();
    List<JsonNode> items = board.path("items").valueStream().toList();
    assertThat(items).hasSize(6);
    assertThat(board.path("finished").asInt()).isEqualTo(6);
    assertThat(board.path("ended").asString()).isEqualTo("all trials have ended");
    assertThat(items.getFirst().path("trial").asInt()).isEqualTo(board.path("best_trial").asInt());
    assertThat(items.getFirst().path("value").asDouble())
        .isEqualTo(done.path("metrics").path("auc").asDouble());
    Map<String, JsonNode> below = new HashMap<>();
    runs.below(done.path("run_id").asString())
        .forEach(run -> below.put(run.path("info").path("run_id").asString(), run));
    assertThat(below).hasSize(6);
    for (JsonNode trial : items) {
      JsonNode run = Objects.requireNonNull(below.get(trial.path("run_id").asString()));
      boolean whole = trial.path("status").asString().equals("succeeded");
      assertThat(run.path("info").path("status").asString())
          .isEqualTo(whole ? "FINISHED" : "KILLED");
      if (whole) {
        assertThat(value(run, "eval.auc")).isCloseTo(trial.path("value").asDouble(), within(1e-12));
        assertThat(trial.path("iteration").asInt()).isEqualTo(30);
      } else {
        assertThat(trial.path("reason").asString()).startsWith("asha");
      }
      assertThat(run.path("data").path("params").toString())
          .contains(
              "{\"key\":\"max_depth\",\"value\":\"%d\"}"
                  .formatted(trial.path("parameters").path("max_depth").asInt()));
    }
  }

  @Test
  void a_cancelled_search_leaves_no_run_that_seems_to_run() {
    String id =
        submit(
            10_000,
            """
            {"search":"random","metric":"logloss","max_trials":50,"max_concurrent_trials":2,
             "parameter_space":{"max_depth":{"type":"choice","values":[8,9]}}}""");
    await(
        "jobs/" + id + "/trials",
        found ->
            found
                .path("items")
                .valueStream()
                .anyMatch(trial -> trial.path("status").asString().equals("running")));

    service.post("acme", PATH + "jobs/" + id + "/cancel", "");

    JsonNode job = job(id, TuningOnRayIT::hasEnded);
    assertThat(job.path("status").asString()).isEqualTo("cancelled");
    JsonNode board = service.get("acme", PATH + "jobs/" + id + "/trials").json();
    assertThat(board.path("items").valueStream().map(trial -> trial.path("status").asString()))
        .isNotEmpty()
        .allMatch(status -> List.of("stopped", "succeeded").contains(status));
    Instant until = Instant.now().plus(Duration.ofSeconds(30));
    String run = job.path("run_id").asString();
    while (runs.below(run).stream()
        .anyMatch(below -> below.path("info").path("status").asString().equals("RUNNING"))) {
      assertThat(Instant.now()).isBefore(until);
    }
  }
}
