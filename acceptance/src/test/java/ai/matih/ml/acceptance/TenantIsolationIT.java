package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Door;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What one tenant has, another can neither see nor touch, at each of the ten endpoints. */
class TenantIsolationIT {

  private static Door mine;
  private static Door theirs;
  private static String experiment;
  private static String run;
  private static String model;

  @BeforeAll
  static void aTenantWithSomething() {
    mine = RunningPlatform.freshTenant();
    theirs = RunningPlatform.freshTenant();
    experiment = mine.post("/experiments", Map.of("name", "secret plans")).expect(201).text("/id");
    run =
        mine.post("/experiments/" + experiment + "/runs", Map.of("name", "first"))
            .expect(201)
            .text("/run_id");
    model = "secret-" + RunningPlatform.suffix();
    mine.post("/models", Map.of("name", model, "task", "classification")).expect(201);
    byte[] csv = "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8);
    mine.upload(
            "/training/datasets/secret",
            "text/csv",
            () -> new java.io.ByteArrayInputStream(csv),
            "two columns")
        .expect(200, 201);
  }

  @Test
  void experiments_and_runs_are_invisible() {
    assertThat(theirs.get("/experiments").expect(200).body()).doesNotContain("secret plans");
    assertSameAsMissing(
        theirs.get("/experiments/" + experiment), theirs.get("/experiments/999999999"));
    theirs.get("/experiments/" + experiment + "/runs").expect(404);
    theirs.get("/experiments/" + experiment + "/runs/" + run).expect(404);
    theirs.post("/experiments/" + experiment + "/runs", Map.of("name", "intruder")).expect(404);
    theirs
        .post(
            "/experiments/%s/runs/%s/log".formatted(experiment, run),
            Map.of("params", Map.of("a", "b")))
        .expect(404);
    theirs
        .patch("/experiments/%s/runs/%s".formatted(experiment, run), Map.of("status", "killed"))
        .expect(404);
    mine.get("/experiments/" + experiment + "/runs/" + run).expect(200);
  }

  @Test
  void models_versions_and_moves_are_invisible() {
    assertThat(theirs.get("/models").expect(200).body()).doesNotContain(model);
    assertSameAsMissing(theirs.get("/models/" + model), theirs.get("/models/no-such-model"));
    theirs.get("/models/" + model + "/versions").expect(404);
    theirs
        .post("/models/" + model + "/promote", Map.of("version", 1, "target_stage", "staging"))
        .expect(404);
    theirs
        .post(
            "/models/" + model + "/deploy",
            Map.of("version", 1, "engine", "onnx", "traffic", Map.of("strategy", "none")))
        .expect(404);
    theirs.post("/predict", Map.of("model_id", model, "features", Map.of("a", 1))).expect(404);
  }

  @Test
  void the_same_names_are_free_for_another_tenant() {
    Door third = RunningPlatform.freshTenant();
    third.post("/experiments", Map.of("name", "secret plans")).expect(201);
    third.post("/models", Map.of("name", model, "task", "classification")).expect(201);
  }

  @Test
  void data_sets_are_invisible_and_cannot_be_trained_on() {
    String uri = mine.get("/training/datasets/secret").expect(200).text("/uri");
    assertThat(uri).startsWith("s3://datasets/");

    theirs.get("/training/datasets/secret").expect(404);
    assertThat(theirs.get("/training/datasets").expect(200).body()).doesNotContain("secret");
    for (String source : new String[] {"dataset:secret", uri}) {
      Answer answer =
          theirs.post(
              "/training/submit",
              Map.of(
                  "name", "thief",
                  "algorithm", "xgboost",
                  "task", "regression",
                  "target_column", "b",
                  "dataset", Map.of("source", source)));
      assertThat(answer.status()).as(answer.body()).isIn(400, 404);
    }
  }

  @Test
  void features_are_invisible_and_sources_stay_in_the_own_prefix() {
    String uri = mine.get("/training/datasets/secret").expect(200).text("/uri");
    Answer stolen =
        theirs.put("/features/sources/stolen", Map.of("uri", uri, "timestamp_column", "a"));
    assertThat(stolen.status()).as(stolen.body()).isIn(400, 403, 404);
    assertThat(theirs.get("/features").expect(200).json().get("items")).isEmpty();
    Answer served =
        theirs.post(
            "/features/serve",
            Map.of(
                "features",
                java.util.List.of("weather_hourly:temp"),
                "entities",
                Map.of("origin", java.util.List.of("JFK"))));
    assertThat(served.status()).as(served.body()).isIn(400, 404);
  }

  @Test
  void a_header_does_not_change_the_tenant() {
    String tenant = mine.get("/experiments/" + experiment).expect(200).text("/artifact_location");
    assertThat(tenant).isNotEmpty();
    for (String header :
        new String[] {"X-Tenant", "X-MLFLOW-WORKSPACE", "X-Tenant-Id", "X-Forwarded-User"}) {
      theirs
          .send("GET", "/experiments/" + experiment, null, Map.of(header, tenantOf(tenant)))
          .expect(404);
    }
  }

  private static String tenantOf(String artifactLocation) {
    return artifactLocation.replaceFirst(".*workspaces/([^/]+)/.*", "$1");
  }

  private static void assertSameAsMissing(Answer foreign, Answer missing) {
    assertThat(foreign.status()).isEqualTo(404);
    assertThat(foreign.text("/code")).isEqualTo(missing.text("/code"));
    assertThat(foreign.text("/title")).isEqualTo(missing.text("/title"));
  }
}
