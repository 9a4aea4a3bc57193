package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import ai.matih.ml.serving.fixture.TritonServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A version on Triton, a real one, from its deployment to its end. */
class TritonIT {

  @TempDir static Path folder;

  private static TritonServer triton;
  private static Neighbours neighbours;
  private static RouterUnderTest router;

  @BeforeAll
  static void start() throws Exception {
    triton = TritonServer.start(Files.createDirectories(folder.resolve("triton")));
    neighbours = new Neighbours();
    router =
        RouterUnderTest.start(
            TestEngines.postgres().freshDatabase("serving"),
            folder.resolve("router"),
            neighbours.url(),
            Map.of("TRITON_URL", triton.url(), "TRITON_BACKEND", "python"));
  }

  @AfterAll
  static void stop() {
    router.close();
    neighbours.close();
    triton.close();
  }

  private static String deploy(String model, String engine) {
    return router
        .post(
            "/models/" + model + "/deploy",
            "{\"version\":1,\"engine\":\"%s\",\"traffic\":{\"strategy\":\"direct\"}}"
                .formatted(engine))
        .expect(202)
        .text("/id");
  }

  private static Answer predict(String model) {
    return router.post(
        "/predict",
        """
        {"model_id":"%s","features":{"temp":1.5,"wind_speed":0.5,"distance":3},
         "options":{"return_probabilities":true}}
        """
            .formatted(model));
  }

  @Test
  void a_crash_of_triton_is_told_and_healed_without_anybody() throws Exception {
    neighbours.register("acme", "late", 1, "production", "numeric-v1");
    neighbours.register("acme", "same", 1, "production", "numeric-v1");
    String id = deploy("late", "triton");
    deploy("same", "onnx");
    router.await("/deployments/" + id, answer -> answer.text("/status").equals("ready"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> predict("late").status() == 200 && predict("same").status() == 200);
    assertThat(predict("late").body().at("/probabilities"))
        .isEqualTo(predict("same").body().at("/probabilities"));
    assertThat(router.get("/deployments/" + id).text("/engine")).isEqualTo("triton");

    triton.kill();
    Answer away = predict("late").expect(503, "Serving:EngineAway");
    assertThat(away.http().headers().firstValue("Retry-After")).isPresent();
    predict("same").expect(200);

    triton.start();
    await().atMost(Duration.ofSeconds(60)).until(() -> predict("late").status() == 200);

    router.delete("/deployments/" + id).expect(202);
    router.await("/deployments/" + id, answer -> answer.text("/status").equals("stopped"));
  }

  @Test
  void what_triton_cannot_run_is_refused_with_the_reason() {
    neighbours.register("acme", "native", 1, "production", "numeric-v1");
    neighbours.onnx("native", 1, "mismatch");
    router
        .post(
            "/models/native/deploy",
            "{\"version\":1,\"engine\":\"triton\",\"traffic\":{\"strategy\":\"none\"}}")
        .expect(409, "Serving:EngineBarred");
    neighbours.onnx("native", 1, "verified");
    router
        .post(
            "/models/native/deploy",
            "{\"version\":1,\"engine\":\"triton\",\"replicas\":{\"min\":1,\"max\":2},\"traffic\":{\"strategy\":\"none\"}}")
        .expect(400, "Common:InvalidRequest")
        .naming("replicas");
  }
}
