package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Await;
import ai.matih.ml.acceptance.client.Door;
import java.io.ByteArrayInputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A search for hyperparameters through the door: its leaderboard agrees with the runs in MLflow,
 * and its best trial is a version with the record of the search.
 */
class TuningIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Door door = RunningPlatform.freshTenant();

  private static byte[] table() {
    Random random = new Random(1);
    StringBuilder csv = new StringBuilder("wind,hour,late\n");
    for (int row = 0; row < 600; row++) {
      double wind = random.nextGaussian();
      int hour = random.nextInt(24);
      boolean late = wind + (hour - 12) / 8.0 + random.nextGaussian() / 2 > 0;
      csv.append("%.3f,%d,%d\n".formatted(wind, hour, late ? 1 : 0));
    }
    return csv.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void the_best_trial_is_a_version_with_the_record_of_the_search() {
    byte[] table = table();
    door.upload(
            "/training/datasets/late",
            "text/csv",
            () -> new ByteArrayInputStream(table),
            "%d bytes".formatted(table.length))
        .expect(200, 201);
    door.post("/models", Map.of("name", "late", "task", "classification")).expect(201);

    String id = door.post("/training/submit", job(6)).expect(202).text("/job_id");
    JsonNode done =
        Await.until(
            "the search",
            PATIENCE,
            () -> door.get("/training/jobs/" + id).expect(200).json(),
            job -> List.of("succeeded", "failed").contains(job.path("status").asString()));

    assertThat(done.path("status").asString()).as(done.toString()).isEqualTo("succeeded");
    JsonNode board = door.get("/training/jobs/" + id + "/trials").expect(200).json();
    assertThat(board.path("items")).hasSize(6);
    Map<String, JsonNode> runs = below(done);
    assertThat(runs).hasSize(6);
    board
        .path("items")
        .forEach(
            trial -> {
              JsonNode run = Objects.requireNonNull(runs.get(trial.path("run_id").asString()));
              boolean whole = trial.path("status").asString().equals("succeeded");
              assertThat(run.path("status").asString()).isEqualTo(whole ? "finished" : "killed");
              assertThat(run.path("params").path("max_depth").asString())
                  .isEqualTo(trial.path("parameters").path("max_depth").asString());
            });
    int number = done.path("registered").path("version").asInt();
    JsonNode version = door.get("/models/late/versions/" + number).expect(200).json();
    assertThat(version.path("artifact").path("files").has("sweep.json"))
        .as(version.toString())
        .isTrue();
    assertThat(version.path("lineage").path("sweep").path("best_trial").asInt())
        .isEqualTo(board.path("best_trial").asInt());
    JsonNode record =
        door.get(
                "/experiments/%s/runs/%s/artifacts/model/sweep.json"
                    .formatted(
                        done.path("experiment_id").asString(), done.path("run_id").asString()))
            .expect(200)
            .json();
    assertThat(record.path("trials")).hasSize(6);
    assertThat(record.path("trials").path(0).path("value").asDouble())
        .isEqualTo(done.path("metrics").path("auc").asDouble());
  }

  /** The runs below the job's, by id. */
  private Map<String, JsonNode> below(JsonNode job) {
    String filter = "tags.`mlflow.parentRunId` = '%s'".formatted(job.path("run_id").asString());
    Map<String, JsonNode> runs = new HashMap<>();
    door.get(
            "/experiments/%s/runs?filter=%s"
                .formatted(
                    job.path("experiment_id").asString(),
                    URLEncoder.encode(filter, StandardCharsets.UTF_8)))
        .expect(200)
        .json()
        .path("items")
        .forEach(run -> runs.put(run.path("run_id").asString(), run));
    return runs;
  }

  private static Map<String, Object> job(int trials) {
    Map<String, Object> job = new HashMap<>();
    job.put("name", "late");
    job.put("algorithm", "xgboost");
    job.put("task", "classification");
    job.put("dataset", Map.of("source", "dataset:late"));
    job.put("target_column", "late");
    job.put("hyperparameters", Map.of("num_boost_round", 30));
    job.put("resources", Map.of("cpus_per_worker", 0.5));
    job.put("register", Map.of("model_id", "late"));
    job.put(
        "tuning",
        Map.of(
            "search",
            "bayesian",
            "metric",
            "auc",
            "max_trials",
            trials,
            "max_concurrent_trials",
            2,
            "scheduler",
            Map.of("type", "asha", "grace_period", 10),
            "parameter_space",
            Map.of(
                "max_depth",
                Map.of("type", "randint", "lower", 1, "upper", 6),
                "learning_rate",
                Map.of("type", "loguniform", "lower", 0.01, "upper", 0.5))));
    return job;
  }
}
