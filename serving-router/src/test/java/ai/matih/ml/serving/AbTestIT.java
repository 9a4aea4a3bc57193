package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.abtest.ExposureObserver;
import ai.matih.ml.serving.abtest.RecordOutcomes;
import ai.matih.ml.serving.abtest.Units;
import ai.matih.ml.serving.abtest.Units.Exposed;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.Relay;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A/B tests on two routers and one database; the second router's wire to it can be cut. */
class AbTestIT {

  private static final String DIRECT = "{\"strategy\":\"direct\"}";
  private static final String NONE = "{\"strategy\":\"none\"}";
  private static final String ROW = "{\"temp\":1.5,\"wind_speed\":0.5,\"distance\":3}";
  private static final Map<String, String> QUICK =
      Map.of(
          "serving.ab-test.analysis-interval", "PT0.2S",
          "serving.ab-test.flush", "PT0.05S",
          "serving.ab-test.waiting", "100",
          "spring.datasource.hikari.connection-timeout", "500");

  @TempDir static Path folder;

  private static Neighbours neighbours;
  private static Database database;
  private static Relay relay;
  private static RouterUnderTest one;
  private static RouterUnderTest two;

  @BeforeAll
  static void start() {
    neighbours = new Neighbours();
    database = TestEngines.postgres().freshDatabase("serving");
    URI server = URI.create(database.url().substring("jdbc:".length()));
    relay = new Relay(server.getHost(), server.getPort());
    one = RouterUnderTest.start(database, folder.resolve("one"), neighbours.url(), QUICK);
    two = second();
  }

  private static RouterUnderTest second() {
    Map<String, String> settings = new HashMap<>(QUICK);
    settings.put("DATABASE_USER", database.user());
    settings.put("DATABASE_PASSWORD", database.password());
    String url = database.url().replaceFirst("//[^/]+/", "//127.0.0.1:" + relay.port() + "/");
    return RouterUnderTest.start(
        url,
        folder.resolve("two"),
        neighbours.url(),
        TestEngines.s3().endpoint().toString(),
        settings);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    relay.close();
    neighbours.close();
  }

  @Test
  void a_deploy_starts_a_test_of_these_files_against_those_on_both_routers_alike() {
    String id = tested("alike", 3000, "\"expected_difference\":0.2,\"margin\":0.05");
    Answer test = test("alike", id);
    assertThat(test.text("/digest"))
        .startsWith("sha256:")
        .isNotEqualTo(test.text("/control_digest"));
    assertThat(test.number("/version")).isEqualTo(2);
    assertThat(test.number("/control_version")).isEqualTo(1);
    assertThat(test.text("/verdict")).isEqualTo("none");
    assertThat(test.body().has("comparison")).isFalse();
    Answer traffic = one.get("/models/alike/traffic").expect(200);
    assertThat(traffic.text("/ab_test_id")).isEqualTo(id);
    assertThat(traffic.text("/targets/1/variant")).isEqualTo("challenger");

    Answer control = one.get("/models/alike/versions/1/serving").expect(200);
    assertThat(control.text("/ab_test_id")).as("an arm is no bystander").isEqualTo(id);
    assertThat(control.number("/weight_bps")).isEqualTo(7000);
    assertThat(control.body().at("/deployments/0/routers")).hasSize(2);

    Map<String, String> variants = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      Answer first = predict(one, "alike", "user-" + i);
      assertThat(predict(two, "alike", "user-" + i).text("/variant"))
          .isEqualTo(first.text("/variant"));
      variants.put("user-" + i, first.text("/variant"));
    }
    one.post(
            "/predict",
            "{\"model_id\":\"alike\",\"features\":%s,\"unit_id\":\"pinned\",\"options\":{\"version\":2}}"
                .formatted(ROW))
        .expect(200);
    long challengers = variants.values().stream().filter("challenger"::equals).count();
    Answer counted = awaitUnits("alike", id, 200);
    assertThat(counted.number("/challenger/units")).as("each once").isEqualTo(challengers);
    assertThat(counted.number("/control/units")).isEqualTo(200 - challengers);

    assertThat(one.get("/models/alike/ab-tests?version=2").expect(200).text("/items/0/id"))
        .isEqualTo(id);
    assertThat(one.get("/models/alike/ab-tests?version=1").expect(200).body().get("items"))
        .isEmpty();
    one.as("globex").get("/models/alike/ab-tests/" + id).expect(404, "Serving:AbTestNotFound");
    one.as("globex").post("/models/alike/ab-tests/" + id + "/stop", "{}").expect(404);
  }

  @Test
  void the_better_one_is_found_and_everybody_keeps_their_arm() {
    String id = tested("better", 5000, "\"expected_difference\":0.2");
    Map<String, String> variants = exposed("better", 160);
    one.post("/predict/outcomes", outcomes("better", variants, true)).expect(200);
    Answer over = awaitOver("better", id);
    assertThat(over.text("/status")).isEqualTo("concluded");
    assertThat(over.text("/verdict")).as(over.http().body()).isEqualTo("better");
    assertThat(over.body().at("/comparison/p_value").asDouble()).isLessThan(0.05);
    assertThat(over.body().at("/comparison/lower").asDouble()).isPositive();
    assertThat(over.body().at("/challenger/rate").asDouble()).isEqualTo(1.0);
    assertThat(over.text("/ended_at")).isNotEmpty();
    assertThat(weight("better", 2)).isEqualTo(5000);
    variants.forEach(
        (unit, variant) ->
            assertThat(predict(two, "better", unit).text("/variant")).isEqualTo(variant));
    assertThat(
            one.post("/models/better/ab-tests/" + id + "/stop", "{}").expect(200).text("/verdict"))
        .as("over is over")
        .isEqualTo("better");
    assertThat(
            one.post("/predict/outcomes", outcomes("better", variants, true))
                .expect(200)
                .number("/unmatched"))
        .isEqualTo(160);
  }

  @Test
  void a_worse_one_loses_its_traffic_by_itself() {
    String id = tested("worse", 5000, "\"expected_difference\":0.2");
    Map<String, String> variants = exposed("worse", 160);
    one.post("/predict/outcomes", outcomes("worse", variants, false)).expect(200);
    Answer over = awaitOver("worse", id);
    assertThat(over.text("/verdict")).isEqualTo("worse");
    assertThat(weight("worse", 1)).isEqualTo(10_000);
    assertThat(one.get("/models/worse/traffic").expect(200).text("/reason")).contains("worse");
  }

  @Test
  void a_ratio_that_is_off_makes_a_test_invalid_whatever_its_outcomes_say() {
    String id = tested("skewed", 5000, "\"expected_difference\":0.2");
    List<Exposed> lopsided =
        IntStream.range(0, 300)
            .mapToObj(i -> new Exposed("acme", id, i, i % 3 == 0, Optional.empty(), Instant.now()))
            .toList();
    one.bean(Units.class).expose(lopsided);
    Answer over = awaitOver("skewed", id);
    assertThat(over.text("/status")).isEqualTo("invalid");
    assertThat(over.text("/verdict")).isEqualTo("invalid");
    assertThat(over.text("/reason")).contains("ratio");
    assertThat(over.body().at("/sample_ratio/p_value").asDouble()).isLessThan(0.001);
    assertThat(weight("skewed", 1)).isEqualTo(10_000);
  }

  @Test
  void an_outcome_counts_once_and_another_word_is_reported() {
    String id = tested("once", 5000, "\"metric\":{\"name\":\"bought\",\"direction\":\"minimize\"}");
    exposed("once", 4);
    awaitUnits("once", id, 4);
    Answer first =
        outcomes("once", unit("user-0", 1), unit("user-1", 0), unit("user-1", 0), unit("user-0", 0))
            .expect(200);
    assertThat(counts(first)).containsExactly(4L, 2L, 1L, 1L, 0L);
    assertThat(first.text("/not_counted/0/why")).isEqualTo("repeated");
    assertThat(first.text("/not_counted/1/why")).isEqualTo("contradicting");
    assertThat(first.number("/not_counted/1/index")).isEqualTo(3);
    assertThat(counts(outcomes("once", unit("user-0", 1)))).containsExactly(1L, 0L, 1L, 0L, 0L);

    Answer strange =
        outcomes(
                "once",
                unit("nobody", 1),
                "{\"unit_id\":\"user-2\",\"value\":1,\"observed_at\":\"2020-01-01T00:00:00Z\"}",
                "{\"request_id\":\"no-request\",\"value\":1}")
            .expect(200);
    assertThat(counts(strange)).containsExactly(3L, 0L, 0L, 0L, 3L);
    assertThat(strange.text("/not_counted/0/why")).isEqualTo("not_exposed");
    assertThat(strange.text("/not_counted/1/why")).isEqualTo("too_old");
    assertThat(strange.text("/not_counted/2/why")).isEqualTo("not_exposed");
    assertThat(
            one.post(
                    "/predict/outcomes",
                    "{\"model_id\":\"once\",\"metric\":\"sold\",\"outcomes\":["
                        + unit("user-3", 1)
                        + "]}")
                .expect(200)
                .text("/not_counted/0/why"))
        .isEqualTo("no_test");
    Answer other =
        one.post(
            "/predict/outcomes",
            "{\"model_id\":\"elsewhere\",\"outcomes\":[" + unit("u", 1) + "]}");
    assertThat(other.expect(200).number("/unmatched")).isEqualTo(1);
    assertThat(
            two.as("globex")
                .post(
                    "/predict/outcomes",
                    "{\"model_id\":\"once\",\"outcomes\":[" + unit("user-3", 1) + "]}")
                .expect(200)
                .number("/unmatched"))
        .isEqualTo(1);

    Answer seen = one.await("/models/once/ab-tests/" + id, a -> sum(a, "outcomes") == 2);
    assertThat(sum(seen, "events")).isEqualTo(1);
    assertThat(sum(seen, "contradicted")).isEqualTo(1);

    predict(two, "once", "nobody");
    one.await("/models/once/ab-tests/" + id, a -> sum(a, "outcomes") == 3);
  }

  /** As the error of a regression: less is better. */
  @Test
  void a_smaller_mean_error_is_better() {
    String id =
        tested(
            "regressing",
            5000,
            "\"metric\":{\"name\":\"error\",\"kind\":\"mean\",\"direction\":\"minimize\"},\"expected_difference\":20,\"margin\":5");
    Map<String, String> variants = exposed("regressing", 260);
    String[] errors =
        variants.entrySet().stream()
            .map(
                entry ->
                    number(
                        entry.getKey(),
                        (entry.getValue().equals("challenger") ? 80 : 110)
                            + entry.getKey().hashCode() % 7,
                        ""))
            .toArray(String[]::new);
    awaitUnits("regressing", id, 260);
    assertThat(counts(outcomes("regressing", errors))).containsExactly(260L, 260L, 0L, 0L, 0L);
    Answer over = awaitOver("regressing", id);
    assertThat(over.text("/verdict")).as(over.http().body()).isEqualTo("better");
    assertThat(over.text("/metric/kind")).isEqualTo("mean");
    assertThat(over.text("/method/source")).contains("10.1214/24-AOS2408");
    assertThat(over.body().at("/challenger/value").asDouble()).isBetween(70.0, 90.0);
    assertThat(over.body().at("/comparison/upper").asDouble()).isNegative();
    assertThat(over.body().at("/challenger").has("rate")).isFalse();
    assertThat(weight("regressing", 2)).isEqualTo(5000);
  }

  @Test
  void a_ratio_is_compared_by_the_sums_and_a_worse_one_loses_its_traffic() {
    String id =
        tested(
            "rated",
            5000,
            "\"metric\":{\"name\":\"revenue\",\"kind\":\"ratio\"},\"expected_difference\":0.5");
    Map<String, String> variants = exposed("rated", 260);
    awaitUnits("rated", id, 260);
    outcomes("rated", number("user-1", 3, "")).expect(400).naming("outcomes[0].denominator");
    String[] revenues =
        variants.entrySet().stream()
            .map(
                entry -> {
                  int sessions = 1 + Math.floorMod(entry.getKey().hashCode(), 4);
                  double each = entry.getValue().equals("challenger") ? 2 : 3;
                  return number(
                      entry.getKey(),
                      each * sessions + entry.getKey().hashCode() % 2,
                      ",\"denominator\":" + sessions);
                })
            .toArray(String[]::new);
    outcomes("rated", revenues).expect(200);
    Answer over = awaitOver("rated", id);
    assertThat(over.text("/verdict")).as(over.http().body()).isEqualTo("worse");
    assertThat(over.body().at("/control/value").asDouble()).isBetween(2.5, 3.5);
    assertThat(over.text("/method/name")).contains("delta method");
    assertThat(weight("rated", 1)).isEqualTo(10_000);
  }

  @Test
  void a_guardrail_that_breaks_makes_a_winner_worse() {
    String id =
        tested(
            "guarded",
            5000,
            "\"expected_difference\":0.2,\"guardrails\":[{\"name\":\"wait\",\"kind\":\"mean\",\"direction\":\"minimize\",\"margin\":5}]");
    Map<String, String> variants = exposed("guarded", 260);
    awaitUnits("guarded", id, 260);
    Answer asked = predict(one, "guarded", "user-7");
    one.post("/predict/outcomes", outcomes("guarded", variants, true)).expect(200);
    Answer waits = one.await("/models/guarded/ab-tests/" + id, a -> sum(a, "outcomes") == 260);
    assertThat(waits.text("/status")).as("it wins, and its guardrail is open").isEqualTo("running");
    assertThat(waits.text("/guardrails/0/status")).isEqualTo("open");

    awaitUnits("guarded", id, 260);
    Answer byRequest =
        guardrail(
            "guarded", "{\"request_id\":\"%s\",\"value\":9}".formatted(asked.text("/request_id")));
    assertThat(counts(byRequest)).containsExactly(1L, 1L, 0L, 0L, 0L);
    String[] told =
        variants.entrySet().stream()
            .map(
                entry ->
                    number(
                        entry.getKey(),
                        (entry.getValue().equals("challenger") ? 60 : 20)
                            + entry.getKey().hashCode() % 3,
                        ""))
            .toArray(String[]::new);
    assertThat(counts(guardrail("guarded", told))).containsExactly(260L, 260L, 0L, 0L, 0L);
    Answer over = awaitOver("guarded", id);
    assertThat(over.text("/verdict")).as(over.http().body()).isEqualTo("worse");
    assertThat(over.text("/reason")).contains("wait");
    assertThat(over.text("/guardrails/0/status")).isEqualTo("broken");
    assertThat(
            over.number("/guardrails/0/control/outcomes")
                + over.number("/guardrails/0/challenger/outcomes"))
        .as("who was told of twice counts once")
        .isEqualTo(260);
    assertThat(weight("guarded", 1)).isEqualTo(10_000);
  }

  private static Answer guardrail(String model, String... outcomes) {
    return one.post(
        "/predict/outcomes",
        "{\"model_id\":\"%s\",\"metric\":\"wait\",\"outcomes\":[%s]}"
            .formatted(model, String.join(",", outcomes)));
  }

  @Test
  void what_counts_on_no_arm_is_shown_and_a_number_is_no_yes() {
    String id = tested("shown", 5000, "\"expected_difference\":0.2");
    exposed("shown", 2);
    awaitUnits("shown", id, 2);
    outcomes("shown", number("user-1", 0.5, "")).expect(400).naming("outcomes[0].value");
    outcomes(
            "shown",
            unit("nobody", 1),
            "{\"unit_id\":\"user-0\",\"value\":1,\"observed_at\":\"2020-01-01T00:00:00Z\"}")
        .expect(200);
    Answer seen =
        one.await("/models/shown/ab-tests/" + id, a -> a.number("/uncounted/waiting") == 1);
    assertThat(seen.number("/uncounted/too_old")).isEqualTo(1);
    assertThat(seen.number("/uncounted/dropped")).isZero();
  }

  private static String number(String unit, double value, String more) {
    return "{\"unit_id\":\"%s\",\"value\":%s%s}".formatted(unit, value, more);
  }

  @Test
  void an_outcome_by_request_finds_its_unit_in_either_order() {
    String id = tested("requests", 5000, "\"expected_difference\":0.2");
    Answer named = predict(one, "requests", "user-1");
    Answer unnamed =
        one.post("/predict", "{\"model_id\":\"requests\",\"features\":%s}".formatted(ROW))
            .expect(200);
    awaitUnits("requests", id, 2);
    assertThat(
            counts(
                outcomes(
                    "requests",
                    request(named.text("/request_id"), 1),
                    request(unnamed.text("/request_id"), 0))))
        .containsExactly(2L, 2L, 0L, 0L, 0L);
    assertThat(counts(outcomes("requests", unit("user-1", 0)))).containsExactly(1L, 0L, 0L, 1L, 0L);

    outcomes("requests", request("early-1", 1), request("early-2", 1)).expect(200);
    assertThat(counts(outcomes("requests", request("early-1", 1), request("early-2", 0))))
        .containsExactly(2L, 0L, 1L, 1L, 0L);
    predictAs(two, "requests", "early-1", "\"unit_id\":\"user-2\",");
    predictAs(two, "requests", "early-2", "");
    one.await("/models/requests/ab-tests/" + id, a -> sum(a, "outcomes") == 4);
  }

  @Test
  void the_oldest_outcomes_of_strangers_go_and_the_latest_wait() {
    String id = tested("strangers", 5000, "\"expected_difference\":0.2");
    exposed("strangers", 10);
    awaitUnits("strangers", id, 10);
    outcomes("strangers", unit("oldest", 1), request("oldest-request", 1)).expect(200);
    double before = one.bean(RecordOutcomes.class).dropped();
    String[] many =
        IntStream.range(0, 130)
            .mapToObj(i -> i % 13 == 0 ? unit("user-" + i / 13, 1) : unit("stranger-" + i, 1))
            .toArray(String[]::new);
    assertThat(counts(outcomes("strangers", many))).containsExactly(130L, 10L, 0L, 0L, 120L);
    String[] requests =
        IntStream.range(0, 105).mapToObj(i -> request("r-" + i, 1)).toArray(String[]::new);
    outcomes("strangers", requests).expect(200);
    // 121 units and 106 requests were told of that nobody has seen.
    assertThat(one.bean(RecordOutcomes.class).dropped() - before).isEqualTo(21 + 6);
    assertThat(one.get("/actuator/prometheus").expect(200).http().body())
        .contains("serving_outcomes_dropped_total");

    // What has been exposed stays, whatever is told of strangers; the latest still count.
    predict(two, "strangers", "oldest");
    predict(two, "strangers", "stranger-1");
    predict(two, "strangers", "stranger-129");
    predictAs(two, "strangers", "r-104", "\"unit_id\":\"late\",");
    awaitUnits("strangers", id, 14);
    one.await("/models/strangers/ab-tests/" + id, a -> sum(a, "outcomes") == 12);
    assertThat(counts(outcomes("strangers", unit("stranger-129", 1), unit("oldest", 1))))
        .containsExactly(2L, 1L, 1L, 0L, 0L);
  }

  @Test
  void the_same_outcomes_posted_at_once_on_both_routers_count_once() throws Exception {
    String id = tested("racing", 5000, "\"expected_difference\":0.2");
    Map<String, String> variants = exposed("racing", 40);
    awaitUnits("racing", id, 40);
    String body =
        "{\"model_id\":\"racing\",\"outcomes\":[%s]}"
            .formatted(
                String.join(",", variants.keySet().stream().map(unit -> unit(unit, 1)).toList()));
    long counted = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        RouterUnderTest router = i % 2 == 0 ? one : two;
        answers.add(threads.submit(() -> router.post("/predict/outcomes", body)));
      }
      for (Future<Answer> answer : answers) {
        Answer receipt = answer.get().expect(200);
        counted += receipt.number("/counted");
        assertThat(receipt.number("/contradicting")).isZero();
        assertThat(receipt.number("/unmatched")).isZero();
      }
    }
    assertThat(counted).isEqualTo(40);
    Answer seen = one.await("/models/racing/ab-tests/" + id, a -> sum(a, "outcomes") == 40);
    assertThat(sum(seen, "events")).isEqualTo(40);
  }

  @Test
  void whatever_takes_the_traffic_another_way_ends_the_test_with_the_reason() {
    String changed = tested("changed", 3000, "\"expected_difference\":0.2");
    String etag =
        one.get("/models/changed/traffic").http().headers().firstValue("ETag").orElseThrow();
    one.put(
            "/models/changed/traffic",
            "{\"targets\":[{\"version\":1,\"weight_bps\":6000},{\"version\":2,\"weight_bps\":4000}]}",
            etag)
        .expect(200);
    assertEnded("changed", changed, "stopped", "changed");

    String again = testedNow("changed", 2000);
    one.post("/models/changed/traffic/abort", "{}").expect(200);
    assertEnded("changed", again, "stopped", "aborted");
    one.post("/models/changed/traffic/rollback", "{}").expect(200);
    assertEnded("changed", again, "stopped", "aborted");
    assertThat(one.get("/models/changed/traffic").expect(200).body().has("ab_test_id")).isFalse();

    String restored = testedNow("changed", 2000);
    one.internal(
            "/models/changed/traffic/restore",
            "{\"version\":1,\"reason\":\"bad day\",\"restore_id\":\"r-1\"}")
        .expect(200);
    assertEnded("changed", restored, "stopped", "restored");

    String removed = testedNow("changed", 2000);
    String challenger =
        one.get("/models/changed/traffic").expect(200).text("/targets/1/deployment_id");
    one.delete("/deployments/" + challenger).expect(202);
    assertEnded("changed", removed, "stopped", "removed");
    assertThat(weight("changed", 1)).isEqualTo(10_000);
  }

  @Test
  void a_person_may_stop_or_conclude_it() {
    String stopped = tested("ended", 3000, "\"expected_difference\":0.2");
    one.post("/models/ended/ab-tests", "{\"version\":2,\"weight_bps\":100}")
        .expect(409, "Serving:AbTestOpen");
    String path = "/models/ended/ab-tests/" + stopped;
    one.send(
            one.request(path + "/stop", Role.VIEWER)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}")))
        .expect(403, "Common:Forbidden");
    Answer stop = one.post(path + "/stop", "{\"reason\":\"holiday\"}").expect(200);
    assertThat(stop.text("/status")).isEqualTo("stopped");
    assertThat(stop.text("/verdict")).isEqualTo("inconclusive");
    assertThat(stop.text("/reason")).contains("holiday");
    assertThat(weight("ended", 1)).isEqualTo(10_000);

    String concluded = testedNow("ended", 3000);
    Answer conclude =
        two.post("/models/ended/ab-tests/" + concluded + "/conclude", "{}").expect(200);
    assertThat(conclude.text("/status")).isEqualTo("concluded");
    assertThat(conclude.text("/verdict")).isEqualTo("inconclusive");
    assertThat(weight("ended", 2)).as("nobody is moved").isEqualTo(3000);

    Answer first =
        one.post(
                "/models/ended/ab-tests",
                "{\"version\":2,\"weight_bps\":3000,\"max_duration\":\"PT1S\"}")
            .expect(201);
    assertThat(first.http().headers().firstValue("Location").orElseThrow())
        .endsWith("/models/ended/ab-tests/" + first.text("/id"));
    assertThat(
            one.post(
                    "/models/ended/ab-tests",
                    "{\"version\":2,\"weight_bps\":3000,\"max_duration\":\"PT1S\"}")
                .text("/id"))
        .as("the same wish is the same test")
        .isEqualTo(first.text("/id"));
    Answer timedOut = awaitOver("ended", first.text("/id"));
    assertThat(timedOut.text("/status")).isEqualTo("concluded");
    assertThat(timedOut.text("/reason")).contains("PT1S");
    assertThat(one.get("/models/ended/ab-tests?page_size=2").expect(200).text("/next_page_token"))
        .isNotEmpty();
  }

  @Test
  void a_test_that_cannot_begin_says_why() {
    neighbours.register("acme", "unfit", 1, "production", "numeric-v1");
    neighbours.register("acme", "unfit", 2, "staging", "numeric-v2");
    neighbours.register("acme", "unfit", 3, "staging", "numeric-v2");
    neighbours.register("acme", "unfit", 4, "development", "numeric-v2");
    String tests = "/models/unfit/ab-tests";
    String wish = "{\"version\":2,\"weight_bps\":1000}";
    one.post(tests, wish).expect(404, "Serving:ModelNotServed");
    one.post("/models/unfit/deploy", deploy(2, 1000, "{}")).expect(409, "Serving:NoControl");
    one.deployed("unfit", 1, DIRECT);
    one.post(tests, wish).expect(409, "Serving:NotDeployed");
    one.post("/models/unfit/deploy", deploy(2, 6000, "{}")).expect(409, "Serving:StageForbids");
    one.post("/models/unfit/deploy", deploy(4, 1000, "{}")).expect(409, "Serving:StageForbids");
    one.deployed("unfit", 2, "{\"strategy\":\"canary\",\"weight_bps\":1000}");
    one.deployed("unfit", 3, "{\"strategy\":\"canary\",\"weight_bps\":1000}");
    one.deployed("unfit", 4, NONE);
    one.post(tests, wish).expect(409, "Serving:TrafficShared");
    one.post(tests, "{\"version\":4,\"weight_bps\":1000}").expect(409, "Serving:TrafficShared");
    one.post("/models/unfit/traffic/abort", "{}").expect(200);
    one.post(tests, "{\"version\":4,\"weight_bps\":1000}").expect(409, "Serving:StageForbids");
    one.post(tests, "{\"version\":1,\"weight_bps\":1000}").expect(409, "Serving:NoControl");
    one.post(tests, wish).expect(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "\"weight_bps\":0|weight_bps",
        "\"weight_bps\":10000|weight_bps",
        "\"weight_bps\":1,\"alpha\":0.5|alpha",
        "\"weight_bps\":1,\"alpha\":0|alpha",
        "\"weight_bps\":1,\"expected_difference\":0|expected_difference",
        "\"weight_bps\":1,\"expected_difference\":2|expected_difference",
        "\"weight_bps\":1,\"margin\":-1|margin",
        "\"weight_bps\":1,\"max_duration\":\"a week\"|max_duration",
        "\"weight_bps\":1,\"max_duration\":\"PT0S\"|max_duration",
        "\"weight_bps\":1,\"metric\":{\"kind\":\"continuous\"}|metric.kind",
        "\"weight_bps\":1,\"guardrails\":[{}]|guardrails[0].name",
        "\"weight_bps\":1,\"guardrails\":[{\"name\":\"outcome\",\"margin\":1}]|guardrails[0].name",
        "\"weight_bps\":1,\"guardrails\":[{\"name\":\"a\"}]|guardrails[0].margin",
        "\"weight_bps\":1,\"guardrails\":[{\"name\":\"a\",\"margin\":0}]|guardrails[0].margin",
        "\"weight_bps\":1,\"guardrails\":[{\"name\":\"a\",\"margin\":1,\"kind\":\"x\"}]|guardrails[0].kind",
        "\"weight_bps\":1,\"guardrails\":[{\"name\":\"a\",\"margin\":1,\"direction\":\"x\"}]|guardrails[0].direction",
        "\"weight_bps\":1,\"guardrails\":[{\"name\":\"a\",\"margin\":1,\"trials\":\"x\"}]|guardrails[0].trials",
        "\"weight_bps\":1,\"guardrails\":[{\"name\":\"a\",\"margin\":1,\"expected_difference\":-1}]|guardrails[0].expected_difference",
        "\"weight_bps\":1,\"metric\":{\"kind\":\"mean\"}|expected_difference",
        "\"weight_bps\":1,\"metric\":{\"kind\":\"ratio\"}|expected_difference",
        "\"weight_bps\":1,\"expected_difference\":0,\"metric\":{\"kind\":\"mean\"}|expected_difference",
        "\"weight_bps\":1,\"expected_difference\":5,\"metric\":{\"kind\":\"ratio\",\"trials\":\"units\"}|metric.trials",
        "\"weight_bps\":1,\"metric\":{\"direction\":\"up\"}|metric.direction",
        "\"weight_bps\":1,\"metric\":{\"trials\":\"rows\"}|metric.trials",
        "\"weight_bps\":1,\"metric\":{\"name\":\"Nice Name\"}|metric.name",
        "\"weight_bps\":1,\"colour\":\"red\"|colour",
      })
  void a_wrong_term_is_named(String fields, String field) {
    one.post("/models/once/ab-tests", "{\"version\":2," + fields + "}")
        .expect(400, "Common:InvalidRequest")
        .naming(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "\"model_id\":\"Not One\",\"outcomes\":[{\"unit_id\":\"u\",\"value\":1}]|model_id",
        "\"outcomes\":[{\"unit_id\":\"u\",\"value\":1}]|model_id",
        "\"model_id\":\"m\",\"outcomes\":[]|outcomes",
        "\"model_id\":\"m\"|outcomes",
        "\"model_id\":\"m\",\"outcomes\":[{\"unit_id\":\"u\",\"value\":1e101}]|outcomes[0].value",
        "\"model_id\":\"m\",\"outcomes\":[{\"unit_id\":\"u\",\"value\":1,\"denominator\":0}]|outcomes[0].denominator",
        "\"model_id\":\"m\",\"outcomes\":[{\"unit_id\":\"u\"}]|outcomes[0].value",
        "\"model_id\":\"m\",\"outcomes\":[{\"unit_id\":\"u\",\"value\":1},{\"value\":1}]|outcomes[1].unit_id",
        "\"model_id\":\"m\",\"outcomes\":[{\"unit_id\":\"\",\"value\":1}]|outcomes[0].unit_id",
        "\"model_id\":\"m\",\"outcomes\":[{\"unit_id\":\"u\",\"request_id\":\"r\",\"value\":1}]|outcomes[0].unit_id",
      })
  void a_wrong_outcome_is_named(String fields, String field) {
    one.post("/predict/outcomes", "{" + fields + "}")
        .expect(400, "Common:InvalidRequest")
        .naming(field);
  }

  @Test
  void predictions_go_on_while_the_database_is_away_and_nothing_is_lost() {
    String id = tested("cut", 5000, "\"expected_difference\":0.2");
    predict(two, "cut", "user-0");
    relay.cut();
    try {
      for (int i = 1; i < 50; i++) {
        predict(two, "cut", "user-" + i);
      }
      two.post(
              "/predict/outcomes",
              "{\"model_id\":\"cut\",\"outcomes\":[" + unit("user-1", 1) + "]}")
          .expect(503);
      assertThat(two.bean(ExposureObserver.class).dropped()).isZero();
    } finally {
      relay.mend();
    }
    awaitUnits("cut", id, 50);
    assertThat(counts(outcomes("cut", unit("user-1", 1)))).containsExactly(1L, 1L, 0L, 0L, 0L);
    assertThat(two.get("/actuator/prometheus").expect(200).http().body())
        .contains("serving_exposures_lost_total 0", "serving_exposures_waiting 0");
  }

  @Test
  void a_router_that_starts_anew_in_the_middle_of_a_test_goes_on_with_the_same_arms() {
    String id = tested("restarted", 5000, "\"expected_difference\":0.2");
    Map<String, String> before = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      before.put("user-" + i, predict(two, "restarted", "user-" + i).text("/variant"));
    }
    two.close();
    awaitUnits("restarted", id, 60);
    two = second();
    two.await("/actuator/health/readiness", a -> a.status() == 200);
    before.forEach(
        (unit, variant) ->
            assertThat(predict(two, "restarted", unit).text("/variant")).isEqualTo(variant));
    predict(two, "restarted", "somebody-new");
    awaitUnits("restarted", id, 61);
    assertThat(test("restarted", id).text("/status")).isEqualTo("running");
  }

  /** A model with a Production version and a challenger that was deployed into a test. */
  private static String tested(String model, int weightBps, String design) {
    neighbours.register("acme", model, 1, "production", "numeric-v1");
    neighbours.register("acme", model, 2, "staging", "numeric-v2");
    one.deployed(model, 1, DIRECT);
    one.post("/models/" + model + "/deploy", deploy(2, weightBps, "{" + design + "}")).expect(202);
    Answer tests =
        one.await(
            "/models/" + model + "/ab-tests", a -> a.text("/items/0/status").equals("running"));
    acknowledged(model);
    return tests.text("/items/0/id");
  }

  private static String testedNow(String model, int weightBps) {
    String id =
        one.post(
                "/models/" + model + "/ab-tests",
                "{\"version\":2,\"weight_bps\":%d}".formatted(weightBps))
            .expect(201)
            .text("/id");
    acknowledged(model);
    return id;
  }

  private static String deploy(long version, int weightBps, String design) {
    return "{\"version\":%d,\"traffic\":{\"strategy\":\"ab_test\",\"weight_bps\":%d,\"ab_test\":%s}}"
        .formatted(version, weightBps, design);
  }

  private static void acknowledged(String model) {
    one.await(
        "/models/" + model + "/traffic", a -> a.body().path("acknowledged_by_all").asBoolean());
  }

  private static void assertEnded(String model, String id, String status, String why) {
    Answer test = test(model, id);
    assertThat(test.text("/status")).isEqualTo(status);
    assertThat(test.text("/verdict")).isEqualTo("inconclusive");
    assertThat(test.text("/reason")).contains(why);
  }

  private static Answer test(String model, String id) {
    return one.get("/models/" + model + "/ab-tests/" + id).expect(200);
  }

  private static Answer awaitUnits(String model, String id, long units) {
    return one.await("/models/" + model + "/ab-tests/" + id, a -> sum(a, "units") == units);
  }

  private static Answer awaitOver(String model, String id) {
    return one.await(
        "/models/" + model + "/ab-tests/" + id, a -> !a.text("/status").equals("running"));
  }

  private static long sum(Answer test, String what) {
    return test.number("/control/" + what) + test.number("/challenger/" + what);
  }

  private static int weight(String model, int version) {
    for (JsonNode target :
        one.get("/models/" + model + "/traffic").expect(200).body().get("targets")) {
      if (target.get("version").asInt() == version) {
        return target.get("weight_bps").asInt();
      }
    }
    return 0;
  }

  private static Map<String, String> exposed(String model, int units) {
    Map<String, String> variants = new HashMap<>();
    for (int i = 0; i < units; i++) {
      RouterUnderTest router = i % 2 == 0 ? one : two;
      variants.put("user-" + i, predict(router, model, "user-" + i).text("/variant"));
    }
    return variants;
  }

  private static Answer predict(RouterUnderTest router, String model, String unit) {
    return router
        .post(
            "/predict",
            "{\"model_id\":\"%s\",\"features\":%s,\"unit_id\":\"%s\"}".formatted(model, ROW, unit))
        .expect(200);
  }

  private static void predictAs(
      RouterUnderTest router, String model, String requestId, String unit) {
    Answer answer =
        router
            .send(
                router
                    .request("/predict", Role.ADMIN)
                    .header("Content-Type", "application/json")
                    .header("X-Request-Id", requestId)
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"model_id\":\"%s\",%s\"features\":%s}".formatted(model, unit, ROW))))
            .expect(200);
    assertThat(answer.text("/request_id")).isEqualTo(requestId);
  }

  /** One arm always succeeds, the other one never. */
  private static String outcomes(String model, Map<String, String> variants, boolean challengers) {
    List<String> all = new ArrayList<>();
    variants.forEach(
        (unit, variant) ->
            all.add(unit(unit, variant.equals("challenger") == challengers ? 1 : 0)));
    return "{\"model_id\":\"%s\",\"outcomes\":[%s]}".formatted(model, String.join(",", all));
  }

  private static Answer outcomes(String model, String... outcomes) {
    return one.post(
        "/predict/outcomes",
        "{\"model_id\":\"%s\",\"outcomes\":[%s]}".formatted(model, String.join(",", outcomes)));
  }

  private static String unit(String unit, int value) {
    return "{\"unit_id\":\"%s\",\"value\":%d}".formatted(unit, value);
  }

  private static String request(String request, int value) {
    return "{\"request_id\":\"%s\",\"value\":%d}".formatted(request, value);
  }

  /** Received, counted, repeated, contradicting, unmatched. */
  private static List<Long> counts(Answer receipt) {
    receipt.expect(200);
    return List.of(
        receipt.number("/received"),
        receipt.number("/counted"),
        receipt.number("/repeated"),
        receipt.number("/contradicting"),
        receipt.number("/unmatched"));
  }
}
