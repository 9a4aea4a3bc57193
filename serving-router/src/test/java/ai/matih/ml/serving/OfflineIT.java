package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A router whose database, store and neighbours are all away. */
class OfflineIT {

  private static final String NOBODY = "127.0.0.1:1";
  private static final String ROW = "\"features\":{\"temp\":1.5,\"wind_speed\":0.5,\"distance\":3}";

  @TempDir static Path folder;

  private static Answer online;
  private static int copies;

  private Path data = folder;

  /** What a router leaves on its disk after a day's work. */
  @BeforeAll
  static void serveOnline() {
    Database database = TestEngines.postgres().freshDatabase("serving");
    try (Neighbours neighbours = new Neighbours();
        RouterUnderTest router =
            RouterUnderTest.start(database, folder.resolve("online"), neighbours.url())) {
      neighbours.register("acme", "late", 1, "production", "numeric-v1");
      neighbours.register("acme", "late", 2, "staging", "numeric-v2");
      router.deployed("late", 1, "{\"strategy\":\"direct\"}");
      router.deployed("late", 2, "{\"strategy\":\"canary\",\"weight_bps\":5000}");
      router.await("/models/late/traffic", t -> t.body().path("acknowledged_by_all").asBoolean());
      online = predict(router).expect(200);
    }
  }

  @BeforeEach
  void copyDisk() throws IOException {
    data = folder.resolve("copy-" + copies++);
    Path from = folder.resolve("online");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, data.resolve(from.relativize(file)));
      }
    }
  }

  @Test
  void starts_and_answers_from_its_own_disk_and_says_that_it_is_stale() {
    try (RouterUnderTest alone = startAlone()) {
      Answer offline = alone.await("/actuator/health/readiness", answer -> answer.status() == 200);
      alone.get("/readyz").expect(200);
      assertThat(offline.text("/components/serving/details/stale")).isEqualTo("true");

      Answer answer = predict(alone).expect(200);
      assertThat(answer.body().at("/probabilities")).isEqualTo(online.body().at("/probabilities"));
      assertThat(answer.text("/variant")).isEqualTo(online.text("/variant"));
      assertThat(
              alone
                  .post(
                      "/predict", "{\"model_id\":\"late\"," + ROW + ",\"options\":{\"version\":2}}")
                  .expect(200)
                  .number("/model_version"))
          .isEqualTo(2);

      alone.post("/models/late/deploy", "{\"version\":1}").expect(503);
      alone.post("/models/late/traffic/abort", "{}").expect(503);
      alone.get("/deployments").expect(503);
      predict(alone).expect(200);
    }
  }

  @Test
  void is_not_ready_when_its_plan_was_damaged() throws IOException {
    Path plan = data.resolve("plan.json");
    byte[] content = Files.readAllBytes(plan);
    content[content.length / 2] ^= 1;
    Files.write(plan, content);

    try (RouterUnderTest alone = startAlone()) {
      alone.get("/actuator/health/readiness").expect(503);
      predict(alone).expect(404, "Serving:ModelNotServed");
    }
  }

  @Test
  void never_answers_with_a_model_whose_bytes_changed() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path model : files.filter(f -> f.endsWith("model.onnx")).toList()) {
        byte[] content = Files.readAllBytes(model);
        content[content.length - 40] ^= 1;
        Files.write(model, content);
      }
    }

    try (RouterUnderTest alone = startAlone()) {
      alone.get("/actuator/health/readiness").expect(503);
      predict(alone).expect(404, "Serving:ModelNotServed");
    }
  }

  private RouterUnderTest startAlone() {
    return RouterUnderTest.start(
        "jdbc:postgresql://" + NOBODY + "/ml",
        data,
        "http://" + NOBODY,
        "http://" + NOBODY,
        Map.of(
            "DATABASE_USER", "serving",
            "DATABASE_PASSWORD", "nobody",
            "spring.datasource.hikari.connection-timeout", "500"));
  }

  private static Answer predict(RouterUnderTest router) {
    return router.post(
        "/predict",
        "{\"model_id\":\"late\","
            + ROW
            + ",\"unit_id\":\"user-17\",\"options\":{\"return_probabilities\":true}}");
  }
}
