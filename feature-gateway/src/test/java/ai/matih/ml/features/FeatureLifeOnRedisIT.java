package ai.matih.ml.features;

import static ai.matih.ml.features.Gateway.FEATURES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** With the online values in Redis; and what happens when it goes, and what only Redis needs. */
class FeatureLifeOnRedisIT extends FeatureLifeContract {

  @Override
  Gateway makeGateway() throws Exception {
    // So that what was just applied is there for the next call.
    return Gateway.with(
        TestFeast.onRedis(), Map.of("features.feast.registry-check-interval", "PT0S"));
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  @Order(20)
  void values_of_one_project_are_removed_without_touching_one_whose_name_ends_the_same()
      throws Exception {
    String tenant = Gateway.freshTenant();
    String longer = "x-" + tenant;
    declare(tenant);
    declare(longer);
    push(tenant, 1);
    push(longer, 2);
    assertThat(people(tenant)).isEqualTo("{\"people\":1}");

    gateway.python("-m matih_feast.forget", tenant, "places");

    assertThat(people(tenant)).isEqualTo("{}");
    assertThat(people(longer)).isEqualTo("{\"people\":2}");
    push(tenant, 3);
    assertThat(gateway.python("-m matih_feast.forget", tenant)).contains("1 entities of " + tenant);
    assertThat(people(tenant)).isEqualTo("{}");
    assertThat(people(longer)).isEqualTo("{\"people\":2}");
  }

  @Test
  @Order(21)
  void a_lost_redis_is_503_for_values_and_comes_back_by_itself() throws Exception {
    String tenant = Gateway.freshTenant();
    declare(tenant);
    push(tenant, 1);

    TestFeast.onRedis().redis().kill();
    try {
      Gateway.Answer read = serve(tenant).is(503);
      assertThat(read.code()).isEqualTo("Common:EngineUnavailable");
      assertThat(read.body().path("params").path("engine").asString()).isEqualTo("redis");
      assertThat(read.headers()).containsKey("retry-after");
      Gateway.Answer written =
          gateway.post(tenant, FEATURES + "/push", pushed(2), "Idempotency-Key", "k").is(503);
      assertThat(written.body().path("params").path("engine").asString()).isEqualTo("feast");
      gateway.get(tenant, FEATURES + "/places").is(200);
      assertThat(
              gateway.feast("GET", "/health", null).is(200).body().path("online_store").asString())
          .isEqualTo("down");
    } finally {
      TestFeast.onRedis().redis().start();
    }

    Gateway.await(
        "values are served again",
        () -> {
          try {
            return serve(tenant).status() == 200;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    // This Redis keeps nothing over its death.
    assertThat(people(tenant)).isEqualTo("{}");
    push(tenant, 2);
    assertThat(people(tenant)).isEqualTo("{\"people\":2}");
  }

  @Test
  @Order(22)
  void a_materialization_without_redis_fails_by_name_and_can_be_repeated() throws Exception {
    String tenant = Gateway.freshTenant();
    gateway.script("weather.py", tenant);
    declare(tenant, "weather.parquet", "time_hour", "origin", "wind_dir");

    TestFeast.onRedis().redis().kill();
    JsonNode failed;
    try {
      failed = materialized(tenant, "first");
    } finally {
      TestFeast.onRedis().redis().start();
    }

    assertThat(failed.path("status").asString()).isEqualTo("failed");
    assertThat(failed.path("views").path(0).path("error").asString())
        .contains("ConnectionError")
        .doesNotContain(TestRedis.WRITER_PASSWORD);
    JsonNode repeated = materialized(tenant, "second");
    assertThat(repeated.path("status").asString())
        .as(repeated.toPrettyString())
        .isEqualTo("succeeded");
    assertThat(repeated.path("views").path(0).path("rows").asInt()).isEqualTo(3);
  }

  private JsonNode materialized(String tenant, String key) throws Exception {
    return gateway.awaitMaterialized(
        tenant, gateway.post(tenant, FEATURES + "/materialize", "{}", "Idempotency-Key", key));
  }

  private void declare(String tenant) throws Exception {
    declare(tenant, "places.parquet", "at", "place", "people");
  }

  private void declare(String tenant, String file, String timestamp, String key, String feature)
      throws Exception {
    gateway
        .put(
            tenant,
            FEATURES + "/sources/places",
            "{\"uri\":\"s3://datasets/%s/%s\",\"timestamp_column\":\"%s\"}"
                .formatted(tenant, file, timestamp))
        .is(201);
    gateway
        .put(
            tenant,
            FEATURES + "/entities/place",
            "{\"join_key\":\"%s\",\"type\":\"string\"}".formatted(key))
        .is(201);
    gateway
        .put(
            tenant,
            FEATURES + "/places",
            """
            {"source":"places","entities":["place"],"push":true,"features":[{"name":"%s","type":"long"}]}
            """
                .formatted(feature))
        .is(201);
    gateway.awaitApplied(tenant, FEATURES + "/places");
  }

  private void push(String tenant, int people) throws Exception {
    gateway.post(tenant, FEATURES + "/push", pushed(people)).is(200);
  }

  private static String pushed(int people) {
    return "{\"view\":\"places\",\"rows\":[{\"place\":\"Bonn\",\"at\":\"%s\",\"people\":%d}]}"
        .formatted(java.time.Instant.now(), people);
  }

  private Gateway.Answer serve(String tenant) throws Exception {
    return gateway.post(
        tenant,
        FEATURES + "/serve",
        "{\"features\":[\"places:people\"],\"entities\":{\"place\":[\"Bonn\"]}}");
  }

  /** The one value, if there is one. */
  private String people(String tenant) throws Exception {
    JsonNode value =
        serve(tenant).is(200).body().path("rows").path(0).path("values").path("places:people");
    return value.has("value") ? "{\"people\":" + value.path("value") + "}" : "{}";
  }
}
