package ai.matih.ml.serving.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import ai.matih.ml.serving.traffic.Assignment;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shadows on two routers and one PostgreSQL, through their own HTTP. */
class ShadowIT {

  private static final String DIRECT = "{\"strategy\":\"direct\"}";
  private static final String SHADOW = "{\"strategy\":\"shadow\"}";
  private static final Map<String, String> QUICK =
      Map.of(
          "serving.shadow.flush", "PT0.1S",
          "serving.shadow.refresh", "PT0.2S",
          "serving.shadow.buffer", "20",
          "serving.routing.beat", "PT0.1S");

  @TempDir static Path folder;

  private static Neighbours neighbours;
  private static Database database;
  private static RouterUnderTest one;
  private static RouterUnderTest two;

  @BeforeAll
  static void start() {
    neighbours = new Neighbours();
    database = TestEngines.postgres().freshDatabase("serving");
    one = router("one");
    two = router("two");
  }

  private static RouterUnderTest router(String name) {
    return RouterUnderTest.start(
        database, folder.resolve(name), neighbours.url(), QUICK, HangingEngine.class);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    neighbours.close();
  }

  @AfterEach
  void heal() {
    HangingEngine.goOn();
    HangingEngine.fail(false);
  }

  /** Version 1 answers callers, version 2 is its shadow; the shadow's id. */
  private static String shadowed(String model, String engine, String traffic) {
    neighbours.register("acme", model, 1, "production", "numeric-v1");
    neighbours.register("acme", model, 2, "staging", "numeric-v2");
    one.deployed(model, 1, DIRECT);
    return shadow(model, engine, traffic);
  }

  private static String shadow(String model, String engine, String traffic) {
    String deployment =
        one.post(
                "/models/%s/deploy".formatted(model),
                "{\"version\":2,\"engine\":\"%s\",\"traffic\":%s}".formatted(engine, traffic))
            .expect(202)
            .text("/id");
    one.await("/deployments/" + deployment, d -> d.text("/status").equals("ready"));
    String id = newest(model).text("/items/0/id");
    // Until both routers have seen it.
    for (RouterUnderTest router : List.of(one, two)) {
      RunningShadows running = router.bean(RunningShadows.class);
      until(() -> running.isRunning(id));
    }
    return id;
  }

  private static void until(BooleanSupplier holds) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it never came").isLessThan(end);
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static Answer newest(String model) {
    return one.get("/models/" + model + "/shadows").expect(200);
  }

  private static String features(int i) {
    return "{\"temp\":%d,\"wind_speed\":%d,\"distance\":%d}"
        .formatted(i % 40 - 10, i % 7, i * 37 % 2000);
  }

  private static Answer predict(RouterUnderTest router, String model, int i) {
    return router.post(
        "/predict",
        "{\"model_id\":\"%s\",\"features\":%s,\"unit_id\":\"unit-%d\",\"options\":{\"return_probabilities\":true}}"
            .formatted(model, features(i), i));
  }

  private static Answer pinned(String model, int version, int i) {
    return one.post(
            "/predict",
            "{\"model_id\":\"%s\",\"features\":%s,\"options\":{\"version\":%d,\"return_probabilities\":true}}"
                .formatted(model, features(i), version))
        .expect(200);
  }

  private static Answer counted(String model, String id, long answers) {
    return one.await(
        "/models/%s/shadows/%s".formatted(model, id),
        answer -> answer.number("/comparisons/0/answers") == answers);
  }

  @Test
  void what_both_answered_is_compared_over_all_routers_and_callers_see_nothing_of_it() {
    String id = shadowed("compared", "onnx", SHADOW);
    int many = 60;
    int agreed = 0;
    double shifts = 0;
    double most = 0;
    for (int i = 0; i < many; i++) {
      Answer answer = predict(i % 2 == 0 ? one : two, "compared", i).expect(200);
      assertThat(answer.number("/model_version")).isEqualTo(1);
      // One after the other, so that none finds the queue full.
      int sofar = i + 1;
      counted("compared", id, sofar);
    }
    for (int i = 0; i < many; i++) {
      Answer live = pinned("compared", 1, i);
      Answer other = pinned("compared", 2, i);
      agreed += live.text("/prediction").equals(other.text("/prediction")) ? 1 : 0;
      double shift =
          Math.abs(
              live.body().at("/probabilities/0").asDouble()
                  - other.body().at("/probabilities/0").asDouble());
      shifts += shift;
      most = Math.max(most, shift);
    }
    Answer shown = counted("compared", id, many);
    assertThat(shown.text("/status")).isEqualTo("running");
    assertThat(shown.number("/version")).isEqualTo(2);
    assertThat(shown.number("/comparisons/0/version")).isEqualTo(1);
    assertThat(shown.number("/comparisons/0/rows"))
        .as("pinned calls are no copies")
        .isEqualTo(many);
    assertThat(shown.body().at("/comparisons/0/agreement").asDouble())
        .isCloseTo((double) agreed / many, within(1e-12));
    assertThat(shown.body().at("/comparisons/0/mean_score_shift").asDouble())
        .isCloseTo(shifts / many, within(1e-5))
        .isPositive();
    assertThat(shown.body().at("/comparisons/0/max_score_shift").asDouble())
        .isCloseTo(most, within(1e-5));
    assertThat(shown.body().at("/comparisons/0/latency/live_p50_ms").asDouble()).isPositive();
    assertThat(shown.body().at("/comparisons/0/latency/shadow_p99_ms").asDouble()).isPositive();
    Answer traffic = one.get("/models/compared/traffic").expect(200);
    assertThat(traffic.body().at("/targets")).as("the shadow has no share").hasSize(1);
  }

  @Test
  void counts_outlive_a_router() {
    String id = shadowed("kept", "onnx", SHADOW);
    predict(two, "kept", 1).expect(200);
    counted("kept", id, 1);
    two.close();
    two = router("two");
    shadow("kept", "onnx", SHADOW);
    assertThat(newest("kept").body().at("/items")).as("the same shadow").hasSize(1);
    two.await("/deployments?model_id=kept", all -> all.http().body().contains("ready"));
    until(() -> predict(two, "kept", 2).status() == 200);
    counted("kept", id, 2);
  }

  @Test
  void the_same_units_are_copied_by_every_router() {
    String id = shadowed("sampled", "onnx", "{\"strategy\":\"shadow\",\"sample_bps\":5000}");
    ModelId model = new ModelId("sampled");
    Shadow shadow = here(() -> one.bean(Shadows.class).find(model, id).orElseThrow());
    String salt = here(() -> one.bean(TrafficDocuments.class).current(model).orElseThrow().salt());
    int copied = 0;
    for (int i = 0; i < 40; i++) {
      boolean sampled = shadow.samples(Assignment.hash(salt, "unit-" + i));
      for (RouterUnderTest router : List.of(one, two)) {
        predict(router, "sampled", i).expect(200);
        copied += sampled ? 1 : 0;
        if (sampled) {
          counted("sampled", id, copied);
        }
      }
    }
    assertThat(copied).isBetween(16, 64);
    counted("sampled", id, copied);
  }

  private static <T> T here(Supplier<T> work) {
    return TenantScope.call(new Tenant("acme"), work);
  }

  @Test
  void a_shadow_that_hangs_or_fails_changes_no_answer() throws Exception {
    String id = shadowed("hangs", "hanging", SHADOW);
    HangingEngine.hang();
    long slowest = load("hangs");
    Answer hanging =
        one.await("/models/hangs/shadows/" + id, a -> a.number("/comparisons/0/dropped") >= 300);
    assertThat(hanging.number("/comparisons/0/answers")).isZero();
    assertThat(slowest).as("milliseconds").isLessThan(5_000);

    HangingEngine.fail(true);
    HangingEngine.goOn();
    load("hangs");
    one.await("/models/hangs/shadows/" + id, a -> a.number("/comparisons/0/failed") > 0);

    HangingEngine.fail(false);
    one.await(
        "/models/hangs/shadows/" + id,
        a -> {
          predict(one, "hangs", 1).expect(200);
          return a.number("/comparisons/0/answers") > 0;
        });
  }

  /** Four callers, a hundred calls each; the slowest one's time. */
  private static long load(String model) throws Exception {
    try (var pool = Executors.newFixedThreadPool(4)) {
      List<Future<Long>> callers = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        int of = caller;
        callers.add(
            pool.submit(
                () -> {
                  long slowest = 0;
                  for (int i = 0; i < 100; i++) {
                    long started = System.nanoTime();
                    Answer answer = predict(of % 2 == 0 ? one : two, model, 1000 * of + i);
                    slowest = Math.max(slowest, (System.nanoTime() - started) / 1_000_000);
                    assertThat(answer.expect(200).number("/model_version")).isEqualTo(1);
                  }
                  return slowest;
                }));
      }
      long slowest = 0;
      for (Future<Long> caller : callers) {
        slowest = Math.max(slowest, caller.get());
      }
      return slowest;
    }
  }

  @Test
  void rows_that_a_shadow_cannot_take_are_counted() {
    neighbours.register("acme", "others", 1, "production", "numeric-v1");
    neighbours.register("acme", "others", 2, "staging", "mixed");
    one.deployed("others", 1, DIRECT);
    String id = shadow("others", "onnx", SHADOW);
    predict(one, "others", 1).expect(200);
    Answer shown =
        one.await(
            "/models/others/shadows/" + id, a -> a.number("/comparisons/0/incomparable") == 1);
    assertThat(shown.body().at("/comparisons/0").has("agreement")).isFalse();
    assertThat(shown.body().at("/comparisons/0").has("latency")).isFalse();
  }

  @Test
  void a_shadow_ends_when_somebody_ends_it_and_with_its_deployment() {
    String id = shadowed("ends", "onnx", SHADOW);
    assertThat(one.get("/models/ends/shadows?version=1").expect(200).body().at("/items")).isEmpty();
    assertThat(one.get("/models/ends/shadows?version=2").expect(200).body().at("/items"))
        .hasSize(1);
    Answer ended =
        one.post("/models/ends/shadows/%s/end".formatted(id), "{\"reason\":\"Seen enough.\"}")
            .expect(200);
    assertThat(ended.text("/status")).isEqualTo("ended");
    assertThat(ended.text("/ended_because")).isEqualTo("Seen enough.");
    assertThat(
            one.post("/models/ends/shadows/%s/end".formatted(id), "{}")
                .expect(200)
                .text("/ended_because"))
        .as("twice is the same as once")
        .isEqualTo("Seen enough.");
    for (RouterUnderTest router : List.of(one, two)) {
      until(() -> !router.bean(RunningShadows.class).isRunning(id));
    }

    String again = shadow("ends", "onnx", SHADOW);
    assertThat(again).isNotEqualTo(id);
    one.delete(
            "/deployments/"
                + one.get("/models/ends/shadows/" + again).expect(200).text("/deployment_id"))
        .expect(202);
    Answer over =
        one.await("/models/ends/shadows/" + again, a -> a.text("/status").equals("ended"));
    assertThat(over.text("/ended_because")).isEqualTo("Its deployment ended.");
    one.get("/models/ends/shadows/" + "0".repeat(36)).expect(404, "Serving:ShadowNotFound");
    one.post("/models/ends/shadows/nobody/end", "{}").expect(404, "Serving:ShadowNotFound");
    one.as("other").get("/models/ends/shadows/" + id).expect(404, "Serving:ShadowNotFound");
    assertThat(one.as("other").get("/models/ends/shadows").expect(200).body().at("/items"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{\"strategy\":\"shadow\",\"weight_bps\":100}|traffic.weight_bps",
        "{\"strategy\":\"shadow\",\"sample_bps\":0}|traffic.sampleBps",
        "{\"strategy\":\"shadow\",\"sample_bps\":10001}|traffic.sampleBps",
        "{\"strategy\":\"none\",\"sample_bps\":100}|traffic.sample_bps",
      })
  void what_a_shadow_cannot_have_is_refused(String traffic, String field) {
    neighbours.register("acme", "refused", 1, "staging", "numeric-v1");
    Answer answer =
        one.post("/models/refused/deploy", "{\"version\":1,\"traffic\":%s}".formatted(traffic))
            .expect(400, "Common:InvalidRequest");
    assertThat(answer.http().body())
        .contains(field.startsWith("traffic.sampleB") ? "sample_bps" : field);
  }

  @Test
  void a_version_in_development_is_no_shadow() {
    neighbours.register("acme", "young", 1, "development", "numeric-v1");
    one.post("/models/young/deploy", "{\"version\":1,\"traffic\":%s}".formatted(SHADOW))
        .expect(409, "Serving:StageForbids");
    assertThat(one.get("/models/young/shadows").expect(200).body().at("/items")).isEmpty();
  }
}
