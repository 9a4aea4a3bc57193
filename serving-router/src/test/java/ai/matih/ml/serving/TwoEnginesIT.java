package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.engine.recall.RecallEngine;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import ai.matih.ml.serving.fixture.TestBundles;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A router with a second engine, which is one class and one bean ... */
class TwoEnginesIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir static Path folder;

  private static Neighbours neighbours;
  private static RouterUnderTest router;
  private static JsonNode golden;

  @BeforeAll
  static void start() {
    neighbours = new Neighbours();
    router =
        RouterUnderTest.start(
            TestEngines.postgres().freshDatabase("serving"),
            folder,
            neighbours.url(),
            RecallEngine.class);
    golden =
        JSON.readTree(TestBundles.bytes(TestBundles.folder("numeric-v1").resolve("golden.json")));
  }

  @AfterAll
  static void stop() {
    router.close();
    neighbours.close();
  }

  @Test
  void deploys_on_it_predicts_with_it_and_reports_what_it_counted() {
    neighbours.register("acme", "by-heart", 1, "production", "numeric-v1");
    // Barred from onnx; this engine never looks at the ONNX form.
    neighbours.onnx("by-heart", 1, "mismatch");
    router
        .post("/models/by-heart/deploy", "{\"version\":1,\"engine\":\"onnx\"}")
        .expect(409, "Serving:EngineBarred");

    String id = deployed("by-heart", "recall");

    assertThat(router.get("/deployments/" + id).expect(200).text("/engine")).isEqualTo("recall");
    JsonNode row = golden.at("/rows/3");
    Answer answer = predict("by-heart", row).expect(200);
    assertThat(answer.body().at("/probabilities/1").asDouble())
        .isCloseTo(
            row.at("/probabilities/1").asDouble(), org.assertj.core.data.Offset.offset(1e-6));

    router
        .post("/predict", "{\"model_id\":\"by-heart\",\"features\":{}}")
        .expect(400, "Common:InvalidRequest");
    Answer counted =
        router.await("/deployments/" + id, shown -> shown.number("/routers/0/answered") == 1);
    assertThat(counted.number("/routers/0/failed")).isZero();
    assertThat(counted.body().at("/routers/0/latency_p99_ms").asDouble()).isPositive();
    assertThat(counted.body().at("/routers/0/observations_dropped/exposures").asLong()).isZero();
  }

  @Test
  void keeps_each_deployment_on_the_engine_it_was_made_with() {
    neighbours.register("acme", "settled", 1, "production", "numeric-v1");
    String id = deployed("settled", "recall");

    Answer again = router.post("/models/settled/deploy", "{\"version\":1,\"engine\":\"onnx\"}");
    assertThat(again.expect(409, "Serving:OtherEngine").text("/params/deployment_id"))
        .isEqualTo(id);
    assertThat(router.post("/models/settled/deploy", "{\"version\":1}").expect(202).text("/engine"))
        .isEqualTo("recall");
  }

  @Test
  void answers_alike_on_both_engines() {
    neighbours.register("acme", "both", 1, "production", "numeric-v1");
    neighbours.register("acme", "both", 2, "production", "numeric-v1");
    deployed("both", "recall");
    String onnx = router.post("/models/both/deploy", "{\"version\":2}").expect(202).text("/id");
    assertThat(
            router
                .await("/deployments/" + onnx, d -> d.text("/status").equals("ready"))
                .text("/engine"))
        .isEqualTo("onnx");

    for (JsonNode row : golden.get("rows")) {
      String features = JSON.writeValueAsString(row.get("inputs"));
      Answer one = router.post("/predict", pinned(features, 1)).expect(200);
      Answer two = router.post("/predict", pinned(features, 2)).expect(200);
      assertThat(two.text("/prediction")).isEqualTo(one.text("/prediction"));
    }
  }

  private static String pinned(String features, int version) {
    return "{\"model_id\":\"both\",\"features\":%s,\"options\":{\"version\":%d}}"
        .formatted(features, version);
  }

  private static String deployed(String model, String engine) {
    String id =
        router
            .post(
                "/models/" + model + "/deploy",
                JSON.writeValueAsString(
                    Map.of(
                        "version", 1, "engine", engine, "traffic", Map.of("strategy", "direct"))))
            .expect(202)
            .text("/id");
    router.await(
        "/deployments/" + id,
        shown ->
            shown.text("/status").equals("ready")
                && !shown.http().body().contains("traffic_applied"));
    router.await(
        "/models/" + model + "/traffic", t -> t.body().path("acknowledged_by_all").asBoolean());
    return id;
  }

  private static Answer predict(String model, JsonNode row) {
    return router.post(
        "/predict",
        "{\"model_id\":\"%s\",\"features\":%s,\"options\":{\"return_probabilities\":true}}"
            .formatted(model, JSON.writeValueAsString(row.get("inputs"))));
  }
}
