package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.OpenApiContract;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.testing.UnreadableRequests;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import ai.matih.ml.serving.fixture.TestBundles;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One router on a real PostgreSQL and a real S3 store, through its own HTTP. */
class ServingIT {

  private static final String DIRECT = "{\"strategy\":\"direct\"}";
  private static final String NONE = "{\"strategy\":\"none\"}";
  private static final String ROW = "{\"temp\":1.5,\"wind_speed\":0.5,\"distance\":3}";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir static Path data;

  private static Neighbours neighbours;
  private static RouterUnderTest router;

  @BeforeAll
  static void start() {
    neighbours = new Neighbours();
    router =
        RouterUnderTest.start(
            TestEngines.postgres().freshDatabase("serving"), data, neighbours.url());
    neighbours.register("acme", "late", 1, "production", "numeric-v1");
    router.deployed("late", 1, DIRECT);
  }

  @AfterAll
  static void stop() {
    router.close();
    neighbours.close();
  }

  @Test
  void a_production_version_answers_with_features_by_name() {
    Answer answer =
        predict(
                """
                {"model_id":"late","features":{"temp":1.5,"wind_speed":null,"distance":3},
                 "unit_id":"user-17","options":{"return_probabilities":true}}
                """)
            .expect(200);

    assertThat(answer.number("/model_version")).isEqualTo(1);
    assertThat(answer.text("/variant")).isEqualTo("stable");
    assertThat(answer.number("/prediction")).isEqualTo(1);
    assertThat(answer.body().at("/probabilities")).hasSize(2);
    assertThat(
            answer.body().at("/probabilities/0").asDouble()
                + answer.body().at("/probabilities/1").asDouble())
        .isCloseTo(1.0, offset(1e-6));
    assertThat(answer.text("/request_id"))
        .isEqualTo(answer.http().headers().firstValue("X-Request-Id").orElseThrow());
    assertThat(answer.body().at("/latency_ms").asDouble()).isPositive();

    Answer why =
        router.get("/predictions/" + answer.text("/request_id") + "/explanation").expect(200);
    assertThat(why.text("/chosen_by")).isEqualTo("unit_id");
    assertThat(why.number("/traffic_revision")).isPositive();
    router
        .as("globex")
        .get("/predictions/" + answer.text("/request_id") + "/explanation")
        .expect(404, "Serving:PredictionNotFound");
  }

  @Test
  void every_golden_row_comes_back_through_http_as_the_native_model_answered_it() {
    for (String bundle : List.of("numeric-v2", "mixed", "regression", "unicode")) {
      String model = "golden-" + bundle;
      neighbours.register("acme", model, 1, "production", bundle);
      router.deployed(model, 1, NONE);
      JsonNode golden =
          JSON.readTree(TestBundles.bytes(TestBundles.folder(bundle).resolve("golden.json")));
      for (JsonNode row : golden.get("rows")) {
        Answer answer =
            predict(
                    """
                    {"model_id":"%s","features":%s,"options":{"version":1,"return_probabilities":true}}
                    """
                        .formatted(model, row.get("inputs")))
                .expect(200);
        assertThat(answer.text("/variant")).isEqualTo("pinned");
        if (row.has("probabilities")) {
          assertThat(answer.body().get("prediction")).isEqualTo(row.get("prediction"));
          assertThat(answer.body().at("/probabilities/1").asDouble())
              .isCloseTo(row.at("/probabilities/1").asDouble(), offset(1e-4));
        } else {
          double wanted = row.get("prediction").asDouble();
          assertThat(answer.body().get("prediction").asDouble())
              .isCloseTo(wanted, offset(1e-3 * Math.abs(wanted)));
        }
      }
    }
  }

  @Test
  void many_rows_give_many_predictions_in_their_order() {
    Answer answer =
        predict(
                """
                {"model_id":"late","instances":[%s,{"temp":-3,"distance":1},%s],"options":{"return_probabilities":true}}
                """
                    .formatted(ROW, ROW))
            .expect(200);
    assertThat(answer.body().get("predictions")).hasSize(3);
    assertThat(answer.body().at("/predictions/0")).isEqualTo(answer.body().at("/predictions/2"));
    assertThat(answer.body().at("/predictions/0")).isNotEqualTo(answer.body().at("/predictions/1"));
    assertThat(answer.body().at("/probabilities/1")).hasSize(2);
    assertThat(answer.body().has("prediction")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "\"features\":{\"temp\":1}|features.distance",
        "\"features\":{\"temp\":1,\"distance\":null}|features.distance",
        "\"features\":{\"temp\":\"1\",\"distance\":1}|features.temp",
        "\"features\":{\"temp\":true,\"distance\":1}|features.temp",
        "\"features\":{\"temp\":[1],\"distance\":1}|features.temp",
        "\"features\":{\"temp\":1e300,\"distance\":1}|features.temp",
        "\"features\":{\"temp\":1,\"temp\":2,\"distance\":1}|features.temp",
        "\"features\":{\"distance\":1,\"carrier\":\"AA\"}|features.carrier",
        "\"instances\":[{\"distance\":1},{\"distance\":\"x\"}]|instances[1].distance",
        "\"features\":{\"distance\":1},\"entities\":{\"origin\":\"JFK\"}|entities",
        "\"features\":{\"distance\":1},\"surprise\":1|surprise",
        "\"inputs\":[]|inputs",
      })
  void a_wrong_value_is_named(String fields, String field) {
    predict("{\"model_id\":\"late\"," + fields + "}")
        .expect(400, "Common:InvalidRequest")
        .naming(field);
  }

  @Test
  void a_request_that_is_no_prediction_is_refused_as_what_it_is() {
    predict("{").expect(400, "Common:MalformedRequest");
    predict("").expect(400, "Common:MalformedRequest");
    predict("{\"model_id\":\"nobody\",\"features\":{}}").expect(404, "Serving:ModelNotServed");
    predict("{\"model_id\":\"late\",\"features\":" + ROW + ",\"options\":{\"version\":99}}")
        .expect(404, "Serving:VersionNotServed");
    router
        .as("globex")
        .post("/predict", "{\"model_id\":\"late\",\"features\":" + ROW + "}")
        .expect(404, "Serving:ModelNotServed");
    router
        .send(
            router
                .request("/predict", Role.ADMIN)
                .header("Content-Type", "text/csv")
                .POST(HttpRequest.BodyPublishers.ofString("a,b")))
        .expect(415, "Common:UnsupportedMediaType");
    predict("{\"model_id\":\"late\",\"features\":{\"x\":\"" + "y".repeat(9 << 20) + "\"}}")
        .expect(413, "Common:TooLarge");
    router
        .send(
            router
                .request("/predict", Role.REVIEWER)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}")))
        .expect(403, "Common:Forbidden");
    String rows = "{\"distance\":1},".repeat(1000) + "{\"distance\":1}";
    predict("{\"model_id\":\"late\",\"instances\":[" + rows + "]}")
        .expect(400, "Common:InvalidRequest")
        .naming("instances");
  }

  @Test
  void features_are_fetched_for_entities_and_what_the_caller_says_wins() {
    neighbours.register("acme", "weather", 1, "production", "features");
    router.deployed("weather", 1, DIRECT);
    neighbours.feature("JFK", Map.of("weather:temp", 1.5, "weather:wind_speed", 0.5));
    neighbours.feature("LGA", Map.of("weather:temp", -3.0));

    JsonNode byName =
        predict(
                "{\"model_id\":\"weather\",\"features\":%s,\"options\":{\"return_probabilities\":true}}"
                    .formatted(ROW))
            .expect(200)
            .body()
            .get("probabilities");
    Answer byEntity =
        predict(
                """
                {"model_id":"weather","features":{"distance":3},"entities":{"origin":["JFK"]},
                 "options":{"return_probabilities":true}}
                """)
            .expect(200);
    assertThat(byEntity.body().get("probabilities")).isEqualTo(byName);

    int calls = neighbours.featureCalls();
    predict(
            "{\"model_id\":\"weather\",\"features\":%s,\"entities\":{\"origin\":\"JFK\"}}"
                .formatted(ROW))
        .expect(200);
    assertThat(neighbours.featureCalls()).as("nothing was missing").isEqualTo(calls);

    Answer rows =
        predict(
                """
                {"model_id":"weather","instances":[{"distance":3},{"distance":3},{"distance":3}],
                 "entities":{"origin":["JFK","LGA","XXX"]},"options":{"return_probabilities":true}}
                """)
            .expect(200);
    assertThat(rows.body().at("/probabilities/0")).isEqualTo(byName);
    assertThat(rows.body().at("/probabilities/1")).isNotEqualTo(byName);
    assertThat(rows.body().get("absent_features"))
        .isEqualTo(
            JSON.readTree(
                """
                [{"row":2,"entity":{"origin":"XXX"},
                  "features":{"weather:temp":"not_found","weather:wind_speed":"not_found"}}]
                """));
    assertThat(byEntity.body().has("absent_features")).isFalse();

    predict("{\"model_id\":\"weather\",\"entities\":{\"origin\":\"JFK\"}}")
        .expect(400, "Common:InvalidRequest")
        .naming("features.distance");
    predict(
            "{\"model_id\":\"weather\",\"features\":{\"distance\":3},\"entities\":{\"destination\":\"JFK\"}}")
        .expect(400, "Common:InvalidRequest")
        .naming("entities.origin");

    neighbours.featuresAway(true);
    try {
      Answer away =
          predict(
                  "{\"model_id\":\"weather\",\"features\":{\"distance\":3},\"entities\":{\"origin\":\"JFK\"}}")
              .expect(503, "Serving:FeaturesUnavailable");
      assertThat(away.text("/params/engine")).isEqualTo("features");
      assertThat(away.http().headers().firstValue("Retry-After")).isPresent();
      predict("{\"model_id\":\"weather\",\"features\":%s}".formatted(ROW)).expect(200);
    } finally {
      neighbours.featuresAway(false);
    }
  }

  @Test
  void features_that_are_absent_are_told_or_refused_as_the_request_or_the_deployment_says() {
    neighbours.register("acme", "strict", 1, "production", "features");
    String id = router.deployed("strict", 1, DIRECT);
    acknowledged("strict");
    neighbours.feature("EWR", Map.of("weather:temp", 1.5, "weather:wind_speed", 0.5));
    neighbours.feature("SEA", Map.of("weather:temp", 1.5, "weather:wind_speed", 0.5));
    neighbours.ageFeatures("SEA");
    String rows =
        """
        {"model_id":"strict","instances":[{"distance":3},{"distance":3,"temp":1}],
         "entities":{"origin":["EWR","SEA"]}%s}
        """;
    Answer served = predict(rows.formatted("")).expect(200);
    assertThat(served.body().get("absent_features"))
        .isEqualTo(
            JSON.readTree(
                """
                [{"row":1,"entity":{"origin":"SEA"},"features":{"weather:wind_speed":"outside_max_age"}}]
                """));

    Answer refused =
        predict(rows.formatted(",\"options\":{\"on_absent\":\"fail\"}"))
            .expect(409, "Serving:FeaturesAbsent");
    assertThat(refused.text("/detail")).contains("origin SEA", "weather:wind_speed is too old");
    assertThat(refused.body().at("/params/absent_features"))
        .isEqualTo(served.body().get("absent_features"));
    predict(rows.formatted(",\"options\":{\"on_absent\":\"ignore\"}"))
        .expect(400, "Common:InvalidRequest")
        .naming("options.on_absent");

    String deploy = "{\"version\":1,\"inputs\":{\"on_absent\":\"%s\"}}";
    router.post("/models/strict/deploy", deploy.formatted("fail")).expect(202);
    router.await(
        "/deployments/" + id,
        answer ->
            answer.text("/inputs/on_absent").equals("fail")
                && predict(rows.formatted("")).status() == 409);
    predict(rows.formatted(",\"options\":{\"on_absent\":\"serve\"}"))
        .expect(409, "Serving:FeaturesAbsent");
    router
        .post("/models/strict/deploy", deploy.formatted("never"))
        .expect(400, "Common:InvalidRequest")
        .naming("inputs.on_absent");
  }

  @Test
  void a_canary_gets_its_share_and_the_traffic_can_be_changed_aborted_and_rolled_back() {
    neighbours.register("acme", "canaried", 1, "production", "numeric-v1");
    neighbours.register("acme", "canaried", 2, "staging", "numeric-v2");
    router.deployed("canaried", 1, DIRECT);
    router.deployed("canaried", 2, "{\"strategy\":\"canary\",\"weight_bps\":2000}");
    Answer traffic = acknowledged("canaried");
    assertThat(weights(traffic)).isEqualTo(Map.of("stable", 8000L, "canary", 2000L));

    Map<Integer, Long> first = versions("canaried", 200);
    long canary = first.values().stream().filter(v -> v == 2).count();
    // More than four standard errors of a share of 20 % of 200.
    assertThat(canary).isBetween(15L, 65L);
    assertThat(versions("canaried", 200)).as("sticky").isEqualTo(first);

    String path = "/models/canaried/traffic";
    String half = targets(1, 6000, 2, 4000);
    router.put(path, half, null).expect(428, "Common:RevisionRequired");
    router.put(path, half, "\"999\"").expect(412, "Common:StaleRevision");
    router.put(path, half, "yesterday").expect(400, "Common:InvalidRequest").naming("If-Match");
    String etag = traffic.http().headers().firstValue("ETag").orElseThrow();
    router.put(path, targets(1, 6000, 2, 3999), etag).expect(400).naming("targets");
    router.put(path, targets(1, 4000, 2, 6000), etag).expect(409, "Serving:StageForbids");
    router.put(path, targets(1, 9000, 7, 1000), etag).expect(404, "Serving:VersionNotFound");
    router.put(path, "{\"targets\":[]}", etag).expect(400, "Common:InvalidRequest");
    router
        .put(path, "{\"targets\":[{\"version\":1,\"weight_bps\":10001}]}", etag)
        .expect(400, "Common:InvalidRequest");
    Answer changed = router.put(path, half, etag).expect(200);
    assertThat(weights(changed)).isEqualTo(Map.of("stable", 6000L, "canary", 4000L));
    router.put(path, half, etag).expect(412, "Common:StaleRevision");
    acknowledged("canaried");
    Map<Integer, Long> second = versions("canaried", 200);
    first.forEach(
        (unit, version) -> {
          if (version == 2) {
            assertThat(second.get(unit)).as("stays with the growing canary").isEqualTo(2);
          }
        });

    String key = UUID.randomUUID().toString();
    Answer aborted = abort("canaried", key).expect(200);
    assertThat(weights(aborted)).isEqualTo(Map.of("stable", 10_000L));
    assertThat(
            abort("canaried", key).expect(200).http().headers().firstValue("Idempotent-Replayed"))
        .contains("true");
    Answer again = router.post(path + "/abort", "{}").expect(200);
    assertThat(again.number("/revision")).isEqualTo(aborted.number("/revision"));
    acknowledged("canaried");
    assertThat(versions("canaried", 100).values()).containsOnly(1L);

    Answer back = router.post(path + "/rollback", "{\"reason\":\"false alarm\"}").expect(200);
    assertThat(weights(back)).isEqualTo(Map.of("stable", 6000L, "canary", 4000L));
    assertThat(back.text("/reason")).isEqualTo("false alarm");
    acknowledged("canaried");
    assertThat(versions("canaried", 200)).as("the very same people").isEqualTo(second);
  }

  @Test
  void versions_with_other_inputs_share_an_endpoint_and_deploying_says_what_changes() {
    neighbours.register("acme", "wider", 1, "production", "numeric-v1");
    neighbours.register("acme", "wider", 2, "staging", "mixed");
    router.deployed("wider", 1, DIRECT);
    String canary = "{\"version\":2,\"traffic\":{\"strategy\":\"canary\",\"weight_bps\":5000}%s}";
    Answer deployed = router.post("/models/wider/deploy", canary.formatted("")).expect(202);
    JsonNode change = deployed.body().at("/inputs/change");
    assertThat(change.get("meaning").asString()).isEqualTo("needs_default");
    assertThat(change.get("message").asString()).contains("carrier, hour", "inputs.defaults");
    assertThat(change.get("added")).isEqualTo(JSON.readTree("[\"carrier\",\"hour\"]"));
    assertThat(change.get("unused")).isEqualTo(JSON.readTree("[\"temp\",\"wind_speed\"]"));
    router.deployed("wider", 2, "{\"strategy\":\"canary\",\"weight_bps\":5000}");
    acknowledged("wider");

    String full = "{\"temp\":1.5,\"wind_speed\":0.5,\"distance\":3,\"hour\":7,\"carrier\":\"B6\"}";
    assertThat(answering("wider", full)).containsExactlyInAnyOrder(1L, 2L);
    assertThat(answering("wider", ROW)).as("the other one needs the hour").containsExactly(1L);

    router
        .post(
            "/models/wider/deploy",
            canary.formatted(",\"inputs\":{\"defaults\":{\"hour\":1.5,\"age\":1}}"))
        .expect(400, "Common:InvalidRequest")
        .naming("inputs.defaults.hour")
        .naming("inputs.defaults.age");
    Answer again =
        router
            .post(
                "/models/wider/deploy",
                canary.formatted(",\"inputs\":{\"defaults\":{\"hour\":7,\"carrier\":null}}"))
            .expect(202);
    assertThat(again.text("/inputs/change/meaning")).isEqualTo("compatible");
    assertThat(again.body().at("/inputs/defaults"))
        .isEqualTo(JSON.readTree("{\"carrier\":null,\"hour\":7}"));
    router.await(
        "/deployments/" + again.text("/id"), a -> answering("wider", ROW).equals(Set.of(1L, 2L)));
  }

  /** Which versions answer this row, over forty units; the others refuse it. */
  private static Set<Long> answering(String model, String row) {
    Set<Long> versions = new HashSet<>();
    for (int unit = 0; unit < 40; unit++) {
      Answer answer =
          predict(
              "{\"model_id\":\"%s\",\"features\":%s,\"unit_id\":\"u-%d\"}"
                  .formatted(model, row, unit));
      if (answer.status() == 200) {
        versions.add(answer.number("/model_version"));
      } else {
        answer.expect(400, "Common:InvalidRequest").naming("features.hour");
      }
    }
    return versions;
  }

  @Test
  void a_stage_decides_what_a_version_may_get() {
    neighbours.register("acme", "staged", 1, "development", "numeric-v1");
    neighbours.register("acme", "staged", 2, "archived", "numeric-v2");
    router
        .post("/models/staged/deploy", "{\"version\":1,\"traffic\":" + DIRECT + "}")
        .expect(409, "Serving:StageForbids");
    router.post("/models/staged/deploy", "{\"version\":2}").expect(409, "Serving:StageForbids");
    router.post("/models/staged/deploy", "{\"version\":3}").expect(404, "Serving:VersionNotFound");

    String id = router.deployed("staged", 1, NONE);
    predict("{\"model_id\":\"staged\",\"features\":" + ROW + "}").expect(409, "Serving:NoTraffic");
    predict("{\"model_id\":\"staged\",\"features\":" + ROW + ",\"options\":{\"version\":1}}")
        .expect(200);
    router
        .post(
            "/models/staged/deploy",
            "{\"version\":1,\"traffic\":{\"strategy\":\"canary\",\"weight_bps\":100}}")
        .expect(409);

    neighbours.stage("staged", 1, "staging");
    router
        .post("/models/staged/deploy", "{\"version\":1,\"traffic\":" + DIRECT + "}")
        .expect(409, "Serving:StageForbids");
    router
        .post(
            "/models/staged/deploy",
            "{\"version\":1,\"traffic\":{\"strategy\":\"canary\",\"weight_bps\":100}}")
        .expect(409, "Serving:NoStableTarget");

    neighbours.stage("staged", 1, "production");
    assertThat(router.deployed("staged", 1, DIRECT))
        .as("the same deployment goes on")
        .isEqualTo(id);
    acknowledged("staged");
    predict("{\"model_id\":\"staged\",\"features\":" + ROW + "}").expect(200);
  }

  @Test
  void the_proof_of_a_drain_lists_weight_requests_and_pinned_callers() {
    neighbours.register("acme", "drained", 1, "production", "numeric-v1");
    neighbours.register("acme", "drained", 2, "production", "numeric-v2");
    String id = router.deployed("drained", 1, DIRECT);
    acknowledged("drained");
    predict("{\"model_id\":\"drained\",\"features\":" + ROW + ",\"options\":{\"version\":1}}")
        .expect(200);
    String path = "/models/drained/versions/1/serving";
    Answer busy = router.await(path, a -> !a.body().path("pinned_callers").isEmpty());
    assertThat(busy.number("/weight_bps")).isEqualTo(10_000);
    assertThat(busy.text("/pinned_callers/0/principal")).isEqualTo("user:alice");
    assertThat(busy.text("/last_request_at")).isNotEmpty();

    router.deployed("drained", 2, DIRECT);
    Answer idle =
        router.await(
            path,
            a -> a.body().path("acknowledged_by_all").asBoolean() && a.number("/weight_bps") == 0);
    assertThat(idle.number("/in_flight")).isZero();
    assertThat(idle.text("/deployments/0/status")).isEqualTo("ready");

    router
        .internal(
            "/deployments/stage-changes",
            "{\"model_id\":\"drained\",\"version\":1,\"stage\":\"archived\"}")
        .expect(204);
    router.await("/deployments/" + id, a -> a.text("/status").equals("stopped"));
    predict("{\"model_id\":\"drained\",\"features\":" + ROW + ",\"options\":{\"version\":1}}")
        .expect(404, "Serving:VersionNotServed");
    predict("{\"model_id\":\"drained\",\"features\":" + ROW + "}").expect(200);
    router
        .post(
            "/deployments/stage-changes",
            "{\"model_id\":\"drained\",\"version\":2,\"stage\":\"archived\"}")
        .expect(403, "Common:Forbidden");
    router
        .internal(
            "/deployments/stage-changes",
            "{\"model_id\":\"drained\",\"version\":2,\"stage\":\"retired\"}")
        .expect(400, "Common:InvalidRequest")
        .naming("stage");
  }

  @Test
  void the_registry_restores_a_version_in_one_revision_once_per_id() {
    neighbours.register("acme", "restored", 1, "production", "numeric-v1");
    neighbours.register("acme", "restored", 2, "production", "numeric-v2");
    neighbours.register("acme", "restored", 3, "staging", "numeric-v1");
    String restore = "/models/restored/traffic/restore";
    String back = "{\"version\":1,\"reason\":\"wrong prices\",\"restore_id\":\"t-7\"}";
    router.internal(restore, back).expect(404, "Serving:ModelNotServed");
    router.deployed("restored", 2, DIRECT);
    router.internal(restore, back).expect(409, "Serving:NotDeployed");
    router.deployed("restored", 1, NONE);
    router.deployed("restored", 3, NONE);
    router
        .internal(restore, "{\"version\":3,\"reason\":\"x\",\"restore_id\":\"t-6\"}")
        .expect(409, "Serving:StageForbids");

    Answer restored = router.internal(restore, back).expect(200);
    assertThat(weights(restored)).isEqualTo(Map.of("stable", 10_000L));
    assertThat(restored.number("/targets/0/version")).isEqualTo(1);
    assertThat(restored.text("/cause")).isEqualTo("restored");
    assertThat(restored.text("/reason")).isEqualTo("wrong prices");
    assertThat(restored.text("/changed_by")).isEqualTo("service:model-registry-gateway");

    router.deployed("restored", 2, DIRECT);
    assertThat(router.internal(restore, back).expect(200).number("/revision"))
        .as("done already, and not done again")
        .isEqualTo(restored.number("/revision"));
    assertThat(router.get("/models/restored/traffic").expect(200).number("/targets/0/version"))
        .isEqualTo(2);
    router
        .internal(restore, back.replace("\"version\":1", "\"version\":2"))
        .expect(422, "Common:IdempotencyKeyReused");

    router.post(restore, back).expect(403, "Common:Forbidden");
    router.internal(restore, back.replace("wrong prices", " ")).expect(400).naming("reason");
    router.internal(restore, back.replace("t-7", "")).expect(400).naming("restore_id");
    router.internal(restore, back.replace("1", "0")).expect(400).naming("version");
  }

  @Test
  void a_deleted_deployment_gives_its_share_back_and_drains() {
    neighbours.register("acme", "deleted", 1, "production", "numeric-v1");
    neighbours.register("acme", "deleted", 2, "staging", "numeric-v2");
    String first = router.deployed("deleted", 1, DIRECT);
    String second = router.deployed("deleted", 2, "{\"strategy\":\"canary\",\"weight_bps\":5000}");

    router.delete("/deployments/" + second).expect(202);
    assertThat(weights(router.get("/models/deleted/traffic").expect(200)))
        .isEqualTo(Map.of("stable", 10_000L));
    router.await("/deployments/" + second, a -> a.text("/status").equals("stopped"));
    assertThat(router.delete("/deployments/" + second).expect(202).text("/status"))
        .isEqualTo("stopped");
    router.post("/models/deleted/traffic/rollback", "{}").expect(409, "Serving:TargetNotReady");
    predict("{\"model_id\":\"deleted\",\"features\":" + ROW + "}").expect(200);

    router.delete("/deployments/" + first).expect(202);
    router.await("/deployments/" + first, a -> a.text("/status").equals("stopped"));
    predict("{\"model_id\":\"deleted\",\"features\":" + ROW + "}").expect(409, "Serving:NoTraffic");
    router.post("/models/deleted/traffic/abort", "{}").expect(409, "Serving:NoStableTarget");
    assertThat(router.deployed("deleted", 1, DIRECT)).isNotEqualTo(first);

    router.as("globex").delete("/deployments/" + first).expect(404, "Serving:DeploymentNotFound");
    router.as("globex").get("/deployments/" + first).expect(404, "Serving:DeploymentNotFound");
    router.as("globex").get("/models/deleted/traffic").expect(404, "Serving:ModelNotServed");
  }

  @Test
  void deployments_are_listed_in_pages() {
    neighbours.register("acme", "listed", 1, "production", "numeric-v1");
    neighbours.register("acme", "listed", 2, "production", "numeric-v2");
    router.deployed("listed", 1, NONE);
    router.deployed("listed", 2, NONE);
    Answer first = router.get("/deployments?model_id=listed&page_size=1").expect(200);
    assertThat(first.body().get("items")).hasSize(1);
    assertThat(first.number("/items/0/version")).isEqualTo(2);
    Answer second =
        router
            .get(
                "/deployments?model_id=listed&page_size=1&page_token="
                    + first.text("/next_page_token"))
            .expect(200);
    assertThat(second.number("/items/0/version")).isEqualTo(1);
    assertThat(second.body().has("next_page_token")).isFalse();
    assertThat(
            router
                .get("/deployments?model_id=listed&status=failed")
                .expect(200)
                .body()
                .get("items"))
        .isEmpty();
    router.get("/deployments?status=great").expect(400, "Common:InvalidRequest").naming("status");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{\"version\":1,\"engine\":\"triton\"}|Serving:EngineNotOffered",
        "{\"version\":1,\"engine\":\"ray_serve\"}|Serving:EngineNotOffered",
        "{\"version\":1,\"engine\":\"abacus\"}|Serving:EngineNotOffered",
        "{\"version\":1,\"engine\":\"An engine\"}|Common:InvalidRequest",
        "{\"version\":1,\"traffic\":{\"strategy\":\"ab_test\"}}|Common:InvalidRequest",
        "{\"version\":1,\"traffic\":{\"strategy\":\"luck\"}}|Common:InvalidRequest",
        "{\"version\":1,\"traffic\":{\"strategy\":\"canary\"}}|Common:InvalidRequest",
        "{\"version\":1,\"traffic\":{\"strategy\":\"canary\",\"weight_bps\":10000}}|Common:InvalidRequest",
        "{\"version\":1,\"traffic\":{\"strategy\":\"direct\",\"weight_bps\":5}}|Common:InvalidRequest",
        "{\"version\":0}|Common:InvalidRequest",
        "{\"version\":\"1\"}|Common:InvalidRequest",
        "{}|Common:InvalidRequest",
        "{\"version\":1,\"colour\":\"pink\"}|Common:InvalidRequest",
        "[]|Common:MalformedRequest",
      })
  void a_deploy_that_cannot_be_is_refused(String body, String code) {
    Answer answer = router.post("/models/late/deploy", body);
    assertThat(answer.status()).as(answer.http().body()).isEqualTo(400);
    if (!code.equals("Common:MalformedRequest")) {
      assertThat(answer.text("/code")).isEqualTo(code);
    }
  }

  @Test
  void hostile_names_are_refused_and_never_an_error_of_ours() {
    for (String name : List.of("..%2f..", "a%00b", "%27%3b--", "A", "x".repeat(300))) {
      for (String path :
          List.of(
              "/models/%s/traffic",
              "/models/%s/versions/1/serving",
              "/models/%s/ab-tests",
              "/models/%s/rollouts",
              "/deployments/%s",
              "/predictions/%s/explanation")) {
        assertThat(router.get(path.formatted(name)).status()).isBetween(400, 404);
      }
    }
    assertThat(router.get("/models/late/versions/x/serving").status()).isEqualTo(400);
    assertThat(router.get("/models/late/ab-tests?version=1").expect(200).body().get("items"))
        .isEmpty();
  }

  @Test
  void a_good_bundle_passes_its_checks() {
    JsonNode checks = check("numeric-v1");
    assertThat(checks).hasSize(8);
    for (JsonNode check : checks) {
      assertThat(check.get("outcome").asString()).as(check.toString()).isEqualTo("passed");
    }
    router.post("/deployments/bundle-checks", "{}").expect(403, "Common:Forbidden");
  }

  @ParameterizedTest
  @CsvSource({
    "hostile-external-data, loads, outside of itself",
    "hostile-memory-bomb, loads, allocate memory",
    "wrong-golden, golden_rows, come out differently",
    "wrong-signature, signature, layout says"
  })
  void a_bad_bundle_fails_the_check_that_is_meant_for_it(
      String bundle, String check, String detail) {
    JsonNode checks = check(bundle);
    assertThat(checks).hasSize(8);
    assertThat(checks)
        .anySatisfy(
            c -> {
              assertThat(c.get("name").asString()).isEqualTo(check);
              assertThat(c.get("outcome").asString()).isEqualTo("failed");
              assertThat(c.get("detail").asString()).contains(detail).doesNotContain("Exception");
            });
    predict("{\"model_id\":\"late\",\"features\":" + ROW + "}").expect(200);
  }

  @Test
  void a_check_of_bytes_that_are_not_the_named_ones_fails_its_digest() {
    Artifact artifact = neighbours.register("acme", "swapped", 1, "development", "numeric-v1");
    Map<String, String> files = new HashMap<>(artifact.files());
    files.put("model.onnx", "0".repeat(64));
    String wrongFile =
        JSON.writeValueAsString(
            Map.of(
                "model_id",
                "swapped",
                "version",
                1,
                "artifact",
                Map.of(
                    "uri", artifact.uri(), "digest", artifact.digest().value(), "files", files)));
    Answer answer = router.internal("/deployments/bundle-checks", wrongFile).expect(200);
    assertThat(answer.text("/checks/0/name")).isEqualTo("digest");
    assertThat(answer.text("/checks/0/outcome")).isEqualTo("failed");

    Artifact foreign = TestBundles.artifact("globex", "numeric-v1");
    Answer elsewhere = router.internal("/deployments/bundle-checks", checkOf(foreign)).expect(200);
    assertThat(elsewhere.text("/checks/0/outcome")).isEqualTo("failed");
  }

  @Test
  void a_version_that_nobody_proved_is_tried_apart_before_it_is_loaded() {
    neighbours.register("acme", "unproved", 1, "development", "numeric-v1");
    neighbours.onnx("unproved", 1, "unverified");
    router.deployed("unproved", 1, NONE);

    neighbours.register("acme", "unproved", 2, "development", "hostile-memory-bomb");
    neighbours.onnx("unproved", 2, "unverified");
    String id = router.post("/models/unproved/deploy", "{\"version\":2}").expect(202).text("/id");
    Answer failed = router.await("/deployments/" + id, a -> a.text("/status").equals("failed"));
    assertThat(failed.text("/reason")).isNotEmpty();
    predict("{\"model_id\":\"unproved\",\"features\":" + ROW + ",\"options\":{\"version\":1}}")
        .expect(200);

    neighbours.onnx("unproved", 1, "mismatch");
    router.post("/models/unproved/deploy", "{\"version\":1}").expect(409, "Serving:EngineBarred");
  }

  @Test
  void the_registrys_absence_stops_new_deployments_but_not_the_ways_back() {
    neighbours.registryAway(true);
    try {
      Answer away =
          router
              .post("/models/late/deploy", "{\"version\":1}")
              .expect(503, "Common:EngineUnavailable");
      assertThat(away.text("/params/engine")).isEqualTo("registry");
      router.post("/models/late/traffic/abort", "{}").expect(200);
      predict("{\"model_id\":\"late\",\"features\":" + ROW + "}").expect(200);
    } finally {
      neighbours.registryAway(false);
    }
    router.await("/deployments", a -> a.status() == 200);
  }

  @Test
  void a_repeated_deploy_with_its_key_is_answered_once() {
    neighbours.register("acme", "repeated", 1, "production", "numeric-v1");
    String key = UUID.randomUUID().toString();
    Answer first = deploy("repeated", key).expect(202);
    Answer second = deploy("repeated", key).expect(202);
    assertThat(second.text("/id")).isEqualTo(first.text("/id"));
    assertThat(second.http().headers().firstValue("Idempotent-Replayed")).contains("true");
    assertThat(first.http().headers().firstValue("Location"))
        .contains("/api/v1/ml/deployments/" + first.text("/id"));
  }

  @Test
  void every_change_is_in_the_audit_chain() {
    neighbours.register("acme", "audited", 1, "production", "numeric-v1");
    router.deployed("audited", 1, DIRECT);
    long broken =
        TenantScope.call(new Tenant("acme"), () -> router.bean(Audit.class).firstBrokenRow());
    assertThat(broken).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serving_predictions_seconds_count",
        "serving_plan_stale 0",
        "serving_engine_waiting"
      })
  void meters_are_scraped(String meter) {
    predict("{\"model_id\":\"late\",\"features\":" + ROW + "}").expect(200);
    assertThat(router.get("/actuator/prometheus").expect(200).http().body()).contains(meter);
  }

  @Test
  void a_request_that_cannot_be_read_is_answered_by_a_problem() throws Exception {
    UnreadableRequests.check(
        router.get("/v3/api-docs").http().uri(),
        "/api/v1/ml/deployments",
        TestTokens.user("acme", "alice", Role.ADMIN));
  }

  @Test
  void the_api_is_the_one_that_is_checked_in() {
    OpenApiContract.verify(
        router.get("/v3/api-docs").expect(200).http().body(),
        Path.of("src/main/openapi/serving-router.json"));
  }

  private static Answer predict(String body) {
    return router.post("/predict", body);
  }

  private static Answer abort(String model, String key) {
    return router.send(
        router
            .request("/models/" + model + "/traffic/abort", Role.OPERATOR)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString("{}")));
  }

  private static Answer deploy(String model, String key) {
    return router.send(
        router
            .request("/models/" + model + "/deploy", Role.ADMIN)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString("{\"version\":1}")));
  }

  private static Answer acknowledged(String model) {
    return router.await(
        "/models/" + model + "/traffic", a -> a.body().path("acknowledged_by_all").asBoolean());
  }

  private static Map<String, Long> weights(Answer traffic) {
    Map<String, Long> weights = new HashMap<>();
    for (JsonNode target : traffic.body().get("targets")) {
      weights.put(target.get("variant").asString(), target.get("weight_bps").asLong());
    }
    return weights;
  }

  private static Map<Integer, Long> versions(String model, int units) {
    Map<Integer, Long> versions = new HashMap<>();
    for (int unit = 0; unit < units; unit++) {
      versions.put(
          unit,
          predict(
                  "{\"model_id\":\"%s\",\"features\":%s,\"unit_id\":\"user-%d\"}"
                      .formatted(model, ROW, unit))
              .expect(200)
              .number("/model_version"));
    }
    return versions;
  }

  private static String targets(long one, int oneBps, long two, int twoBps) {
    return """
    {"targets":[{"version":%d,"weight_bps":%d},{"version":%d,"weight_bps":%d}]}
    """
        .formatted(one, oneBps, two, twoBps);
  }

  private static JsonNode check(String bundle) {
    Artifact artifact = neighbours.register("acme", "tried", 1, "development", bundle);
    return router
        .internal("/deployments/bundle-checks", checkOf(artifact))
        .expect(200)
        .body()
        .get("checks");
  }

  private static String checkOf(Artifact artifact) {
    return JSON.writeValueAsString(
        Map.of(
            "model_id",
            "tried",
            "version",
            1,
            "artifact",
            Map.of(
                "uri", artifact.uri(),
                "digest", artifact.digest().value(),
                "files", artifact.files())));
  }
}
