package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Await;
import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.local.engine.TestEngines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A notebook need not have the platform's own release of MLflow: what a client of 3.4, in an
 * environment of its own, logs becomes a version. Installs that environment, so it runs with {@code
 * -Dmatih.matrix=true} only.
 */
@EnabledIfSystemProperty(named = "matih.matrix", matches = "true")
class OlderClientIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @Test
  void a_model_that_an_older_client_logs_becomes_a_version() throws Exception {
    Path folder = PythonScripts.folder().resolve("older_client");
    String name = "older-" + RunningPlatform.suffix();
    Door door = RunningPlatform.holding("ml-engineer");
    door.post("/models", Map.of("name", name, "task", "classification")).expect(201);
    JsonNode told =
        JsonMapper.builder()
            .build()
            .readTree(
                PythonScripts.lastObject(
                    PythonScripts.run(
                        TestEngines.python("mlflow-3.4", folder.resolve("requirements.lock")),
                        PATIENCE,
                        Map.of(
                            "MLFLOW_TRACKING_URI",
                            door.base().toString(),
                            "MLFLOW_TRACKING_TOKEN",
                            RunningPlatform.key("default", "ml-engineer", "user:olga")),
                        folder.resolve("log_model.py").toString(),
                        name)));
    assertThat(told.path("client").asString()).startsWith("3.4.");

    String job =
        door.post("/models/" + name + "/versions", Map.of("run_id", told.path("run_id").asString()))
            .expect(202)
            .text("/job_id");
    JsonNode ended =
        Await.until(
            "the preparation",
            PATIENCE,
            () -> door.get("/training/jobs/" + job).expect(200).json(),
            seen ->
                List.of("succeeded", "failed", "cancelled")
                    .contains(seen.path("status").asString()));

    assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("succeeded");
    JsonNode version = door.get("/models/" + name + "/versions/1").expect(200).json();
    assertThat(version.path("provenance").asString()).isEqualTo("self_reported");
  }
}
