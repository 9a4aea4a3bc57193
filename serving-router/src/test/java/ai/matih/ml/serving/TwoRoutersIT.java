package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two routers on one database: what they agree on, and what survives their racing and leaving. */
class TwoRoutersIT {

  private static final String DIRECT = "{\"strategy\":\"direct\"}";
  private static final String ROW = "{\"temp\":1.5,\"wind_speed\":0.5,\"distance\":3}";

  @TempDir static Path folder;

  private static Neighbours neighbours;
  private static Database database;
  private static RouterUnderTest one;
  private static RouterUnderTest two;

  @BeforeAll
  static void start() {
    neighbours = new Neighbours();
    database = TestEngines.postgres().freshDatabase("serving");
    one = RouterUnderTest.start(database, folder.resolve("one"), neighbours.url());
    two = RouterUnderTest.start(database, folder.resolve("two"), neighbours.url());
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    neighbours.close();
  }

  @Test
  void a_deployment_is_ready_when_both_answer_for_it_and_both_choose_alike() {
    prepared("alike", 3000);
    Answer traffic = acknowledged("alike");
    assertThat(traffic.body().get("routers")).hasSize(2);

    for (int unit = 0; unit < 200; unit++) {
      String body = body("alike", "user-" + unit);
      assertThat(two.post("/predict", body).expect(200).number("/model_version"))
          .isEqualTo(one.post("/predict", body).expect(200).number("/model_version"));
    }
  }

  /**
   * Of all who change the same revision, on either router, exactly one wins; the sum holds in every
   * revision.
   */
  @Test
  void racing_changes_of_one_revision_have_one_winner() throws Exception {
    prepared("raced", 1000);
    Map<Long, Integer> winners = new HashMap<>();
    int stale = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 5; round++) {
        String etag =
            one.get("/models/raced/traffic").http().headers().firstValue("ETag").orElseThrow();
        List<Future<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          RouterUnderTest router = i % 2 == 0 ? one : two;
          int canary = 100 + 10 * round + i;
          answers.add(
              threads.submit(
                  () ->
                      router.put(
                          "/models/raced/traffic",
                          "{\"targets\":[{\"version\":1,\"weight_bps\":%d},{\"version\":2,\"weight_bps\":%d}]}"
                              .formatted(10_000 - canary, canary),
                          etag)));
        }
        for (Future<Answer> future : answers) {
          Answer answer = future.get();
          if (answer.status() == 200) {
            winners.merge(answer.number("/revision"), 1, Integer::sum);
          } else {
            answer.expect(412, "Common:StaleRevision");
            stale++;
          }
        }
      }
    }
    assertThat(winners).hasSize(5);
    assertThat(winners.values()).containsOnly(1);
    assertThat(stale).isEqualTo(35);
  }

  /**
   * Aborts, roll-backs and deletions race on both routers. Whatever the order, the traffic never
   * names a target that is not ready, and always sums to everything or to nothing.
   */
  @Test
  void an_abort_never_sends_a_request_to_a_target_that_is_not_ready() throws Exception {
    for (int round = 0; round < 4; round++) {
      String model = "aborted-" + round;
      String canary = prepared(model, 5000);
      Set<Integer> allowed = Set.of(200, 202, 409);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          RouterUnderTest router = i % 2 == 0 ? one : two;
          answers.add(
              threads.submit(() -> router.post("/models/" + model + "/traffic/abort", "{}")));
          answers.add(
              threads.submit(() -> router.post("/models/" + model + "/traffic/rollback", "{}")));
          if (i == 2) {
            answers.add(threads.submit(() -> router.delete("/deployments/" + canary)));
          }
        }
        for (Future<Answer> answer : answers) {
          assertThat(answer.get().status()).as(answer.get().http().body()).isIn(allowed);
        }
      }
      Answer traffic = one.get("/models/" + model + "/traffic").expect(200);
      Set<String> ready = new HashSet<>();
      for (JsonNode deployment :
          one.get("/deployments?status=ready&model_id=" + model).expect(200).body().get("items")) {
        ready.add(deployment.get("id").asString());
      }
      int sum = 0;
      for (JsonNode target : traffic.body().get("targets")) {
        sum += target.get("weight_bps").asInt();
        if (target.get("weight_bps").asInt() > 0) {
          assertThat(ready).contains(target.get("deployment_id").asString());
        }
      }
      assertThat(sum).isEqualTo(10_000);
    }
  }

  /**
   * Versions are deployed over one another, and the old ones deleted, while both routers are asked
   * without pause.
   */
  @Test
  void hot_swaps_under_load_fail_no_request() throws Exception {
    neighbours.register("acme", "swapped", 1, "production", "numeric-v1");
    neighbours.register("acme", "swapped", 2, "production", "numeric-v2");
    String old = one.deployed("swapped", 1, DIRECT);
    acknowledged("swapped");
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Set<String>>> callers = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        RouterUnderTest router = caller % 2 == 0 ? one : two;
        String body = body("swapped", "user-" + caller);
        callers.add(
            threads.submit(
                () -> {
                  Set<String> outcomes = new HashSet<>();
                  while (!stop.get()) {
                    Answer answer = router.post("/predict", body);
                    outcomes.add(answer.status() == 200 ? "200" : answer.http().body());
                    answered.incrementAndGet();
                  }
                  return outcomes;
                }));
      }
      for (long version = 2; version < 6; version++) {
        String next = one.deployed("swapped", version % 2 == 0 ? 2 : 1, DIRECT);
        one.delete("/deployments/" + old).expect(202);
        String leaving = old;
        one.await("/deployments/" + leaving, a -> a.text("/status").equals("stopped"));
        old = next;
      }
      stop.set(true);
      for (Future<Set<String>> caller : callers) {
        assertThat(caller.get()).containsOnly("200");
      }
    }
    assertThat(answered.get()).isGreaterThan(50);
  }

  /** A third router joins, is counted, and leaves in good order; nobody waits for it afterwards. */
  @Test
  void a_router_that_joins_is_waited_for_and_one_that_leaves_is_not() {
    prepared("joined", 2000);
    acknowledged("joined");
    Answer before;
    try (RouterUnderTest three =
        RouterUnderTest.start(database, folder.resolve("three"), neighbours.url())) {
      before =
          three.await(
              "/models/joined/traffic",
              a ->
                  a.body().path("routers").size() == 3
                      && a.body().path("acknowledged_by_all").asBoolean());
      for (int unit = 0; unit < 50; unit++) {
        String body = body("joined", "user-" + unit);
        assertThat(three.post("/predict", body).expect(200).number("/model_version"))
            .isEqualTo(one.post("/predict", body).expect(200).number("/model_version"));
      }
    }
    Answer after = one.get("/models/joined/traffic").expect(200);
    assertThat(after.body().get("routers")).hasSize(2);
    assertThat(after.number("/revision")).isEqualTo(before.number("/revision"));
  }

  /** The end of a router is announced first, then it finishes what it began. */
  @Test
  void a_router_that_ends_answers_the_requests_that_it_has() throws Exception {
    neighbours.register("acme", "slow", 1, "production", "features");
    neighbours.feature("JFK", Map.of("weather:temp", 1.5, "weather:wind_speed", 0.5));
    one.deployed("slow", 1, DIRECT);
    RouterUnderTest three =
        RouterUnderTest.start(
            database,
            folder.resolve("ending"),
            neighbours.url(),
            Map.of("serving.prediction.feature-timeout", "PT20S"));
    three.await("/actuator/health/readiness", a -> a.status() == 200);
    CountDownLatch held = neighbours.holdFeatures();
    int calls = neighbours.featureCalls();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> slow =
          threads.submit(
              () ->
                  three.post(
                      "/predict",
                      "{\"model_id\":\"slow\",\"features\":{\"distance\":3},\"entities\":{\"origin\":\"JFK\"}}"));
      while (neighbours.featureCalls() == calls) {
        Thread.onSpinWait();
      }
      Future<?> ending = threads.submit(three::close);
      assertThat(ending.isDone()).isFalse();
      held.countDown();
      slow.get().expect(200);
      ending.get();
    }
    assertThat(one.get("/models/slow/traffic").expect(200).body().get("routers")).hasSize(2);
  }

  private static String prepared(String model, int canaryBps) {
    neighbours.register("acme", model, 1, "production", "numeric-v1");
    neighbours.register("acme", model, 2, "staging", "numeric-v2");
    one.deployed(model, 1, DIRECT);
    return two.deployed(model, 2, "{\"strategy\":\"canary\",\"weight_bps\":" + canaryBps + "}");
  }

  private static Answer acknowledged(String model) {
    return one.await(
        "/models/" + model + "/traffic", a -> a.body().path("acknowledged_by_all").asBoolean());
  }

  private static String body(String model, String unit) {
    return "{\"model_id\":\"%s\",\"features\":%s,\"unit_id\":\"%s\"}".formatted(model, ROW, unit);
  }
}
