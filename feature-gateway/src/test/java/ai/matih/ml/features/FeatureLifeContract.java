package ai.matih.ml.features;

import static ai.matih.ml.features.Gateway.FEATURES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.features.Gateway.Answer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A view's life on either online store: declared, applied, filled, served, planned, changed. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FeatureLifeContract {

  private final String tenant = Gateway.freshTenant();
  private final String source =
      "{\"uri\":\"s3://datasets/%s/weather.parquet\",\"timestamp_column\":\"time_hour\"}"
          .formatted(tenant);
  private static final String VIEW =
      """
      {"source":"weather","entities":["origin"],"push":true,"owner":"ada","tags":{"team":"ops"},
       "features":[{"name":"temp","type":"double"},{"name":"wind_dir","type":"long"}]}
      """;
  Gateway gateway;

  abstract Gateway makeGateway() throws Exception;

  @BeforeAll
  void start() throws Exception {
    gateway = makeGateway();
    gateway.script("weather.py", tenant);
  }

  @Test
  @Order(1)
  void declared_documents_reach_feast() throws Exception {
    gateway.put(tenant, FEATURES + "/sources/weather", source).is(201);
    gateway
        .put(tenant, FEATURES + "/entities/origin", "{\"join_key\":\"origin\",\"type\":\"string\"}")
        .is(201);
    Answer view = gateway.put(tenant, FEATURES + "/weather", VIEW).is(201);
    gateway
        .put(tenant, FEATURES + "/services/delay_v1", "{\"features\":[\"weather:temp\"]}")
        .is(201);

    assertThat(view.headers().get("etag")).isEqualTo("\"1\"");
    assertThat(view.body().path("features").path(1).path("type").asString()).isEqualTo("int64");
    gateway.awaitApplied(tenant, FEATURES + "/weather");
    gateway.awaitApplied(tenant, FEATURES + "/services/delay_v1");
    JsonNode listed = gateway.get(tenant, FEATURES + "?q=TEMP").is(200).body();
    assertThat(listed.path("items").path(0).path("name").asString()).isEqualTo("weather");
    assertThat(listed.path("items").path(0).path("used_by").path(0).asString())
        .isEqualTo("delay_v1");
  }

  @Test
  @Order(2)
  void history_is_carried_into_the_online_store() throws Exception {
    JsonNode done =
        gateway.awaitMaterialized(
            tenant,
            gateway.post(tenant, FEATURES + "/materialize", "{}", "Idempotency-Key", tenant));

    assertThat(done.path("status").asString()).as(done.toPrettyString()).isEqualTo("succeeded");
    assertThat(done.path("progress").asInt()).isEqualTo(100);
    assertThat(done.path("views").path(0).path("rows").asInt()).isEqualTo(3);
  }

  @Test
  @Order(3)
  void values_are_served_with_a_status_each() throws Exception {
    JsonNode served =
        gateway
            .post(
                tenant,
                FEATURES + "/serve",
                """
                {"features":["weather:wind_dir","weather:temp"],"entities":{"origin":["JFK","LGA","XXX","JFK"]}}
                """)
            .is(200)
            .body();

    assertThat(served.path("feature_names").toString())
        .isEqualTo("[\"weather:wind_dir\",\"weather:temp\"]");
    JsonNode jfk = served.path("rows").path(0);
    assertThat(jfk.path("entity").path("origin").asString()).isEqualTo("JFK");
    assertThat(jfk.path("values").path("weather:temp").toString())
        .isEqualTo(
            "{\"value\":51.25,\"status\":\"present\",\"event_timestamp\":\"2013-01-01T11:00:00Z\"}");
    assertThat(
            served
                .path("rows")
                .path(1)
                .path("values")
                .path("weather:temp")
                .path("status")
                .asString())
        .isEqualTo("null");
    assertThat(served.path("rows").path(2).path("values").path("weather:temp").toString())
        .isEqualTo("{\"status\":\"not_found\"}");
    assertThat(served.path("rows").path(3)).isEqualTo(jfk);
  }

  @Test
  @Order(4)
  void a_plan_names_files_and_columns() throws Exception {
    JsonNode plan =
        gateway
            .post(tenant, FEATURES + "/plan", "{\"feature_service\":\"delay_v1\"}")
            .is(200)
            .body();

    assertThat(plan.toString())
        .isEqualTo(
            "{\"project\":\"%1$s\",\"views\":[{\"name\":\"weather\",\"source_uri\":\"s3://datasets/%1$s/weather.parquet\",\"timestamp_column\":\"time_hour\",\"ttl_seconds\":0,\"join_keys\":[\"origin\"],\"features\":[{\"name\":\"temp\",\"column\":\"temp\",\"type\":\"double\"}]}]}"
                .formatted(tenant));
  }

  @Test
  @Order(5)
  void a_pushed_row_is_served_at_once() throws Exception {
    gateway
        .post(
            tenant,
            FEATURES + "/push",
            """
            {"view":"weather","rows":[{"origin":"BOS","time_hour":"2013-02-01T00:00:00Z","temp":1.5,"wind_dir":7}]}
            """)
        .is(200);

    JsonNode served =
        gateway
            .post(
                tenant,
                FEATURES + "/serve",
                "{\"features\":[\"weather:wind_dir\"],\"entities\":{\"origin\":[\"BOS\"]}}")
            .is(200)
            .body();
    assertThat(
            served
                .path("rows")
                .path(0)
                .path("values")
                .path("weather:wind_dir")
                .path("value")
                .asInt())
        .isEqualTo(7);
  }

  @Test
  @Order(5)
  void an_ordinary_feast_client_writes_through_the_gateway() throws Exception {
    String printed;
    try (Front front = new Front(gateway)) {
      printed =
          gateway.script(
              "sdk_writes.py",
              tenant,
              front.address() + FEATURES + "/feast",
              TestTokens.user(tenant, "ada", Role.DATA_SCIENTIST));
    }

    String answer =
        printed.lines().filter(line -> line.startsWith("ANSWER ")).findFirst().orElseThrow();
    JsonNode read = Gateway.JSON.readTree(answer.substring("ANSWER ".length()));
    assertThat(read.path("temp").toString()).isEqualTo("[3.25,-1.5]");
    assertThat(read.path("wind_dir").toString()).isEqualTo("[1499,1499]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "write-to-online-store | {\"feature_view_name\":\"none\",\"df\":{\"a\":[1]}} | 404 | feature_view_name",
        "write-to-online-store | {\"feature_view_name\":\"weather\",\"df\":{}} | 400 | df",
        "write-to-online-store | {\"feature_view_name\":\"weather\",\"df\":{\"a\":[]}} | 400 | df",
        "write-to-online-store | {\"feature_view_name\":\"weather\",\"df\":{\"origin\":[\"A\"],\"temp\":[1,2]}} | 400 | df.temp",
        "write-to-online-store | {\"feature_view_name\":\"weather\",\"df\":{\"origin\":[\"A\"]}} | 400 | rows[0].time_hour",
        "push | {\"push_source_name\":\"none\",\"df\":{\"a\":[1]}} | 404 | push_source_name",
        "push | {\"push_source_name\":\"none\",\"df\":{\"a\":[1]},\"to\":\"offline\"} | 400 | to"
      })
  @Order(5)
  void what_a_feast_client_cannot_write_is_named(String call, String body, int status, String field)
      throws Exception {
    assertThat(gateway.post(tenant, FEATURES + "/feast/" + call, body).is(status).body().toString())
        .contains("\"field\":\"" + field + "\"");
  }

  @Test
  @Order(6)
  void values_past_their_time_to_live_are_withheld() throws Exception {
    String aged = VIEW.replace("\"push\":true", "\"push\":true,\"ttl\":\"PT24H\"");
    gateway.put(tenant, FEATURES + "/weather", aged).is(428);
    gateway.put(tenant, FEATURES + "/weather", aged, "If-Match", "\"7\"").is(412);
    Answer changed = gateway.put(tenant, FEATURES + "/weather", aged, "If-Match", "\"1\"").is(200);
    assertThat(changed.headers().get("etag")).isEqualTo("\"2\"");
    gateway.awaitApplied(tenant, FEATURES + "/weather");

    Gateway.await(
        "the new time to live holds",
        () -> {
          try {
            JsonNode value =
                gateway
                    .post(
                        tenant,
                        FEATURES + "/serve",
                        "{\"feature_service\":\"delay_v1\",\"entities\":{\"origin\":[\"JFK\"]}}")
                    .is(200)
                    .body()
                    .path("rows")
                    .path(0)
                    .path("values")
                    .path("weather:temp");
            return value
                .toString()
                .equals(
                    "{\"status\":\"outside_max_age\",\"event_timestamp\":\"2013-01-01T11:00:00Z\"}");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  @Order(7)
  void a_changed_source_reaches_the_views_that_use_it() throws Exception {
    gateway
        .put(
            tenant,
            FEATURES + "/sources/weather",
            source.replace("weather.parquet", "newer.parquet"),
            "If-Match",
            "\"1\"")
        .is(200);

    gateway.awaitApplied(tenant, FEATURES + "/weather");
    JsonNode plan =
        gateway
            .post(tenant, FEATURES + "/plan", "{\"features\":[\"weather:temp\"]}")
            .is(200)
            .body();
    assertThat(plan.path("views").path(0).path("source_uri").asString())
        .isEqualTo("s3://datasets/" + tenant + "/newer.parquet");
    assertThat(gateway.get(tenant, FEATURES + "/weather").body().path("revision").asInt())
        .isEqualTo(2);
  }

  @Test
  @Order(8)
  void a_change_that_would_break_readers_is_refused_with_the_reason() throws Exception {
    Answer type =
        gateway
            .put(
                tenant,
                FEATURES + "/weather",
                VIEW.replace("double", "string"),
                "If-Match",
                "\"2\"")
            .is(409);
    assertThat(type.code()).isEqualTo("Features:IncompatibleChange");
    assertThat(type.body().path("params").path("reason").asString()).isEqualTo("TypeChanged");

    Answer removed =
        gateway
            .put(
                tenant,
                FEATURES + "/weather",
                VIEW.replace("{\"name\":\"temp\",\"type\":\"double\"},", ""),
                "If-Match",
                "\"2\"")
            .is(409);
    assertThat(removed.body().path("params").path("reason").asString()).isEqualTo("FeatureInUse");

    Answer key =
        gateway
            .put(
                tenant,
                FEATURES + "/entities/origin",
                "{\"join_key\":\"origin\",\"type\":\"int64\"}",
                "If-Match",
                "\"1\"")
            .is(409);
    assertThat(key.body().path("params").path("reason").asString()).isEqualTo("JoinKeyChanged");
  }
}
