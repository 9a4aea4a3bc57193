package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Door;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Predictions and online features are reached without the door, by the same keys. */
class OneHopIT {

  private static final Map<String, Object> PREDICTION =
      Map.of("model_id", "nobody", "features", Map.of("x", 1));
  private static final Map<String, Object> FEATURES =
      Map.of("features", List.of("nowhere:x"), "entities", Map.of("k", List.of("v")));
  private static final Map<String, Object> TENSOR =
      Map.of(
          "inputs",
          List.of(
              Map.of("name", "x", "datatype", "FP64", "shape", List.of(1), "data", List.of(1.5))));
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static Door predictions(String key) {
    return Door.at(RunningPlatform.local().address("predictions"), key);
  }

  private static Door features(String key) {
    return Door.at(RunningPlatform.local().address("online_features"), key);
  }

  @Test
  void a_key_opens_them_as_it_opens_the_door() {
    String key = RunningPlatform.key("t" + RunningPlatform.suffix(), "inference", "user:app");

    assertThat(predictions(key).post("/predict", PREDICTION).expect(404).text("/code"))
        .isEqualTo("Serving:ModelNotServed");
    assertThat(features(key).post("/features/serve", FEATURES).expect(404).text("/code"))
        .isEqualTo("Features:ViewNotFound");
  }

  @Test
  void a_role_may_do_what_it_may_at_the_door() {
    String key = RunningPlatform.key("t" + RunningPlatform.suffix(), "viewer", "user:viewer");

    assertThat(predictions(key).post("/predict", PREDICTION).expect(403).text("/code"))
        .isEqualTo("Common:Forbidden");
    features(key).post("/features/serve", FEATURES).expect(404);
  }

  @Test
  void clients_of_the_open_inference_protocol_are_heard_at_the_door_and_beside_it() {
    String infer = Door.OPEN_INFERENCE + "models/nobody/infer";
    String app = RunningPlatform.key("t" + RunningPlatform.suffix(), "inference", "user:app");
    String viewer = RunningPlatform.key("t" + RunningPlatform.suffix(), "viewer", "user:viewer");
    for (Door door : List.of(RunningPlatform.admin(), predictions(""))) {
      Answer unknown = door.as(app).post(infer, TENSOR).expect(404);
      assertThat(unknown.text("/code")).isEqualTo("Serving:ModelNotServed");
      assertThat(unknown.text("/error")).isEqualTo(unknown.text("/detail")).isNotBlank();
      door.as(viewer).post(infer, TENSOR).expect(403);
      door.as("mlk_" + "x".repeat(43)).post(infer, TENSOR).expect(401);
      door.anonymously().post(infer, TENSOR).expect(401);
    }
  }

  @Test
  void whoever_is_unknown_stays_outside() {
    for (String credential : List.of("mlk_" + "x".repeat(43), "rubbish", "a.b.c")) {
      predictions(credential).post("/predict", PREDICTION).expect(401);
      features(credential).post("/features/serve", FEATURES).expect(401);
    }
    predictions("x").anonymously().post("/predict", PREDICTION).expect(401);
  }

  @Test
  void a_revoked_key_is_soon_refused() {
    Door admin = RunningPlatform.freshTenant();
    Answer made =
        admin
            .post("/keys", Map.of("name", "app", "role", "inference", "principal", "user:app"))
            .expect(201);
    Door app = predictions(made.text("/key"));
    app.post("/predict", PREDICTION).expect(404);

    admin.delete("/keys/" + made.text("/id")).expect(204);

    long end = System.nanoTime() + PATIENCE.toNanos();
    while (app.post("/predict", PREDICTION).status() != 401) {
      assertThat(System.nanoTime()).as("it still opens").isLessThan(end);
    }
  }

  @Test
  void a_service_asks_the_door_and_nobody_else_may() {
    RunningPlatform.admin()
        .post("/access/admissions", Map.of("authorization", "Bearer x"))
        .expect(403);
  }
}
