package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import ai.matih.ml.serving.observation.FailedPrediction;
import ai.matih.ml.serving.observation.PredictionObservers;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Roll-outs on two routers with the ONNX engine and one PostgreSQL, through their own HTTP. */
class RolloutIT {

  private static final String DIRECT = "{\"strategy\":\"direct\"}";
  private static final String NONE = "{\"strategy\":\"none\"}";
  private static final String ROW = "{\"temp\":1.5,\"wind_speed\":0.5,\"distance\":3}";
  private static final Map<String, String> QUICK =
      Map.of("serving.rollout.look-interval", "PT0.2S", "serving.routing.beat", "PT0.1S");

  @TempDir static Path folder;

  private static Neighbours neighbours;
  private static Database database;
  private static RouterUnderTest one;
  private static RouterUnderTest two;

  @BeforeAll
  static void start() {
    neighbours = new Neighbours();
    database = TestEngines.postgres().freshDatabase("serving");
    one = RouterUnderTest.start(database, folder.resolve("one"), neighbours.url(), QUICK);
    two = RouterUnderTest.start(database, folder.resolve("two"), neighbours.url(), QUICK);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    neighbours.close();
  }

  private static void registered(String model, String stage) {
    neighbours.register("acme", model, 1, "production", "numeric-v1");
    neighbours.register("acme", model, 2, stage, "numeric-v2");
    one.deployed(model, 1, DIRECT);
  }

  /** The id of the model's newest roll-out. */
  private static String newest(String model) {
    return one.get("/models/" + model + "/rollouts").expect(200).text("/items/0/id");
  }

  private static void predict(RouterUnderTest router, String model, String unit) {
    router
        .post(
            "/predict",
            "{\"model_id\":\"%s\",\"features\":%s,\"unit_id\":\"%s\"}".formatted(model, ROW, unit))
        .expect(200);
  }

  /** Predicts on both routers until the roll-out is as it should be. */
  private static Answer underLoad(String model, String id, String status) {
    AtomicInteger unit = new AtomicInteger();
    return one.await(
        "/models/" + model + "/rollouts/" + id,
        answer -> {
          for (int i = 0; i < 20; i++) {
            predict(i % 2 == 0 ? one : two, model, "unit-" + unit.incrementAndGet());
          }
          return answer.text("/status").equals(status);
        });
  }

  @Test
  void a_canary_walks_its_steps_by_itself_and_gets_everything() {
    registered("walks", "production");
    one.post(
            "/models/walks/deploy",
            """
            {"version":2,"traffic":{"strategy":"canary","rollout":{
              "steps":[{"weight_bps":1000,"dwell":"PT1S","minimum_requests":10},
                       {"weight_bps":5000,"dwell":"PT1S","minimum_requests":20},{"weight_bps":10000}]}}}
            """)
        .expect(202);
    String id = newest("walks");
    Answer over = underLoad("walks", id, "completed");

    assertThat(over.body().at("/history"))
        .extracting(move -> move.get("move").asString())
        .containsExactly("started", "advanced", "advanced", "finished");
    assertThat(over.body().at("/history"))
        .extracting(move -> move.get("weight_bps").asInt())
        .containsExactly(1000, 5000, 10_000, 10_000);
    assertThat(over.body().at("/history/1/by").asString()).isEqualTo("platform");
    assertThat(over.number("/steps/0/canary/requests")).isGreaterThanOrEqualTo(10);
    assertThat(over.number("/steps/1/canary/requests")).isGreaterThanOrEqualTo(20);
    assertThat(over.number("/stable/requests")).isGreaterThan(over.number("/stable/errors"));
    assertThat(over.body().at("/canary/latency_p99_ms").asDouble()).isPositive();
    assertThat(over.body().at("/comparisons")).hasSize(2);
    assertThat(over.text("/method/source")).contains("10.1016");
    assertThat(over.http().headers().firstValue("ETag")).contains("\"4\"");
    Answer traffic = one.get("/models/walks/traffic").expect(200);
    assertThat(traffic.text("/cause")).isEqualTo("advanced");
    assertThat(traffic.number("/targets/0/version")).isEqualTo(2);
    assertThat(traffic.text("/targets/0/variant")).isEqualTo("stable");
    assertThat(one.get("/models/walks/rollouts?page_size=1").expect(200).body().get("items"))
        .hasSize(1);
    one.as("globex").get("/models/walks/rollouts/" + id).expect(404, "Serving:RolloutNotFound");
  }

  @Test
  void a_canary_that_fails_goes_back_by_itself_and_no_other_request_does() {
    registered("harmful", "staging");
    String canary = one.deployed("harmful", 2, NONE);
    String id =
        one.post(
                "/models/harmful/rollouts",
                "{\"version\":2,\"steps\":[{\"weight_bps\":2000,\"dwell\":\"PT1H\"}]}")
            .expect(201)
            .text("/id");
    // As an engine that breaks on every third request; the answers of the model itself are sound.
    AtomicInteger calls = new AtomicInteger();
    Answer over =
        one.await(
            "/models/harmful/rollouts/" + id,
            answer -> {
              for (int i = 0; i < 10; i++) {
                predict(one, "harmful", "unit-" + calls.incrementAndGet());
              }
              fail(one, "harmful", canary);
              return answer.text("/status").equals("aborted");
            });
    assertThat(over.text("/verdict")).isEqualTo("harm");
    assertThat(over.text("/history/1/move")).isEqualTo("harmed");
    assertThat(over.number("/canary/errors")).isPositive();
    Answer traffic = one.get("/models/harmful/traffic").expect(200);
    assertThat(traffic.number("/targets/0/weight_bps")).isEqualTo(10_000);
    assertThat(traffic.number("/targets/0/version")).isEqualTo(1);
    assertThat(traffic.text("/cause")).isEqualTo("aborted");
    assertThat(traffic.text("/changed_by")).isEqualTo("platform");
  }

  /** Tells the router's own counters of a failed request. */
  private static void fail(RouterUnderTest router, String model, String deploymentId) {
    router
        .bean(PredictionObservers.class)
        .failed(
            new FailedPrediction(
                new ai.matih.ml.common.tenant.Tenant("acme"),
                new ModelId(model),
                new ai.matih.ml.serving.traffic.ChosenTarget(
                    2, deploymentId, Stage.STAGING, "canary", 1, 0, 0, null),
                new ai.matih.ml.common.problem.Problem(ServingError.SCORING_FAILED, "broken")));
  }

  @Test
  void people_pause_resume_promote_and_abort_with_a_reason() {
    registered("steered", "staging");
    one.deployed("steered", 2, NONE);
    String id =
        one.post(
                "/models/steered/rollouts",
                """
                {"version":2,"steps":[{"weight_bps":1000,"dwell":"PT1H"},{"weight_bps":5000,"dwell":"PT1H"},
                  {"weight_bps":10000}]}
                """)
            .expect(201)
            .text("/id");
    String path = "/models/steered/rollouts/" + id;
    Answer paused = one.post(path + "/pause", "{\"reason\":\"lunch\"}").expect(200);
    assertThat(paused.text("/status")).isEqualTo("paused");
    assertThat(paused.text("/reason")).isEqualTo("Paused by user:alice: lunch");
    assertThat(one.post(path + "/pause", "{}").expect(200).number("/revision")).isEqualTo(2);
    one.post(path + "/resume", "").expect(200);
    ifMatch(path + "/promote", "\"2\"", "{\"to\":\"next\"}").expect(412, "Common:StaleRevision");
    ifMatch(path + "/promote", "three", "{}")
        .expect(400, "Common:InvalidRequest")
        .naming("If-Match");
    one.post(path + "/promote", "{\"to\":\"there\"}")
        .expect(400, "Common:InvalidRequest")
        .naming("to");
    Answer second = ifMatch(path + "/promote", "\"3\"", "{\"to\":\"next\"}").expect(200);
    assertThat(second.number("/step")).isEqualTo(2);
    assertThat(one.get("/models/steered/traffic").expect(200).number("/targets/1/weight_bps"))
        .isEqualTo(5000);
    one.post(path + "/promote", "{\"to\":\"last\"}").expect(409, "Serving:StageForbids");
    one.post("/models/steered/rollouts", "{\"version\":2,\"steps\":[{\"weight_bps\":5}]}")
        .expect(409, "Serving:RolloutOpen");
    assertThat(one.post(path + "/abort", "{\"reason\":\"enough\"}").expect(200).text("/status"))
        .isEqualTo("aborted");
    one.post(path + "/resume", "{}").expect(409, "Serving:RolloutNotUnderWay");
    one.post("/models/steered/rollouts/nobody/abort", "{}").expect(404, "Serving:RolloutNotFound");
    HttpRequest.Builder viewer =
        one.request(path + "/abort", Role.VIEWER)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{}"));
    one.send(viewer).expect(403, "Common:Forbidden");
  }

  private static Answer ifMatch(String path, String etag, String body) {
    return one.send(
        one.request(path, Role.ADMIN)
            .header("Content-Type", "application/json")
            .header("If-Match", etag)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void outcomes_are_judged_where_the_design_asks_for_them() {
    registered("judged", "staging");
    one.deployed("judged", 2, NONE);
    String id =
        one.post(
                "/models/judged/rollouts",
                """
                {"version":2,"steps":[{"weight_bps":5000,"dwell":"PT1H"}],"quality":{"metric":"right"}}
                """)
            .expect(201)
            .text("/id");
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Answer answer =
          one.post(
                  "/predict",
                  "{\"model_id\":\"judged\",\"features\":%s,\"unit_id\":\"u-%d\"}"
                      .formatted(ROW, i))
              .expect(200);
      outcomes.add(
          "{\"unit_id\":\"u-%d\",\"value\":%d}"
              .formatted(i, answer.text("/variant").equals("canary") ? 0 : 1));
    }
    String body =
        "{\"model_id\":\"judged\",\"metric\":\"right\",\"outcomes\":[%s]}"
            .formatted(String.join(",", outcomes));
    assertThat(two.post("/predict/outcomes", body).expect(200).number("/in_rollout"))
        .isEqualTo(200);
    Answer over =
        one.await("/models/judged/rollouts/" + id, a -> a.text("/status").equals("aborted"));
    assertThat(over.text("/reason")).contains("outcomes");
  }

  /** Whoever asks meanwhile is answered, whichever way the traffic goes. */
  @Test
  void many_aborts_under_load_fail_no_request() throws Exception {
    registered("shaken", "staging");
    one.deployed("shaken", 2, NONE);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<String> failure = new AtomicReference<>("");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> callers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        RouterUnderTest router = t % 2 == 0 ? one : two;
        int caller = t;
        callers.add(
            threads.submit(
                () -> {
                  while (!stop.get()) {
                    Answer answer =
                        router.post(
                            "/predict",
                            "{\"model_id\":\"shaken\",\"features\":%s,\"unit_id\":\"%d-%d\"}"
                                .formatted(ROW, caller, answered.incrementAndGet()));
                    if (answer.status() != 200) {
                      failure.set(answer.http().body());
                    }
                  }
                }));
      }
      for (int round = 0; round < 30; round++) {
        String id =
            one.post(
                    "/models/shaken/rollouts",
                    "{\"version\":2,\"steps\":[{\"weight_bps\":5000,\"dwell\":\"PT1H\"}]}")
                .expect(201)
                .text("/id");
        (round % 2 == 0 ? two : one)
            .post("/models/shaken/rollouts/" + id + "/abort", "{}")
            .expect(200);
      }
      stop.set(true);
      for (Future<?> caller : callers) {
        caller.get();
      }
    }
    assertThat(failure.get()).isEmpty();
    assertThat(answered.get()).isGreaterThan(100);
    assertThat(one.get("/models/shaken/traffic").expect(200).number("/targets/0/weight_bps"))
        .isEqualTo(10_000);
  }

  @Test
  void a_restart_in_the_middle_loses_nothing() {
    registered("restarted", "production");
    one.deployed("restarted", 2, NONE);
    String id =
        one.post(
                "/models/restarted/rollouts",
                """
                {"version":2,"steps":[{"weight_bps":5000,"dwell":"PT0S","minimum_requests":20},
                  {"weight_bps":6000,"dwell":"PT0S","minimum_requests":40},{"weight_bps":10000}]}
                """)
            .expect(201)
            .text("/id");
    RouterUnderTest third =
        RouterUnderTest.start(database, folder.resolve("three"), neighbours.url(), QUICK);
    third.await("/readyz", ready -> ready.status() == 200);
    for (int i = 0; i < 60; i++) {
      predict(third, "restarted", "early-" + i);
    }
    third.close();
    Answer over = underLoad("restarted", id, "completed");
    assertThat(over.body().at("/history"))
        .extracting(move -> move.get("move").asString())
        .containsExactly("started", "advanced", "advanced", "finished");
    assertThat(over.number("/canary/errors")).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{\"strategy\":\"canary\",\"weight_bps\":5,\"rollout\":{\"steps\":[{\"weight_bps\":5}]}}|traffic.weight_bps",
        "{\"strategy\":\"direct\",\"rollout\":{\"steps\":[{\"weight_bps\":5}]}}|traffic.rollout",
        "{\"strategy\":\"canary\",\"rollout\":{\"steps\":[]}}|traffic.rollout.steps",
        "{\"strategy\":\"canary\",\"rollout\":{\"steps\":[{\"weight_bps\":0}]}}|traffic.rollout.steps[0].weight_bps",
        "{\"strategy\":\"canary\",\"rollout\":{\"steps\":[{\"weight_bps\":\"all\"}]}}|traffic.rollout.steps[0].weight_bps",
        "{\"strategy\":\"canary\",\"rollout\":{\"steps\":[{\"weight_bps\":5}],\"luck\":1}}|traffic.rollout.luck",
      })
  void a_roll_out_that_cannot_be_is_refused(String traffic, String field) {
    one.post("/models/nobody/deploy", "{\"version\":1,\"traffic\":%s}".formatted(traffic))
        .expect(400, "Common:InvalidRequest")
        .naming(field);
  }
}
