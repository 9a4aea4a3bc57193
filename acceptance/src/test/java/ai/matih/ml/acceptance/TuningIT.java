package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.acceptance.walk.Flights;
import ai.matih.ml.acceptance.walk.SearchWalk;
import ai.matih.ml.acceptance.walk.Teller;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A search for hyperparameters through the door: its leaderboard agrees with the runs in MLflow,
 * and its best trial is a version with the record of the search.
 */
class TuningIT {

  private static final int EVERY_NTH_DEPARTURE = 200;

  private final Door door = RunningPlatform.freshTenant();

  @Test
  void the_best_trial_is_a_version_with_the_record_of_the_search() {
    SearchWalk walk =
        new SearchWalk(
            door,
            Flights.installedIn(RunningPlatform.pythonEnvironment()),
            EVERY_NTH_DEPARTURE,
            Teller.SILENT,
            RunningPlatform.suffix());

    JsonNode done = walk.take();

    String id = done.path("job_id").asString();
    JsonNode board = door.get("/training/jobs/" + id + "/trials").expect(200).json();
    assertThat(board.path("items")).hasSize(SearchWalk.TRIALS);
    Map<String, JsonNode> runs = below(done);
    assertThat(runs).hasSize(SearchWalk.TRIALS);
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
    JsonNode version =
        door.get("/models/%s/versions/%d".formatted(walk.model(), number)).expect(200).json();
    assertThat(version.path("stage").asString()).isEqualTo("staging");
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
    assertThat(record.path("trials")).hasSize(SearchWalk.TRIALS);
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
}
