package ai.matih.ml.features;

import static ai.matih.ml.features.Gateway.FEATURES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.features.Gateway.Answer;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Wrong requests get a problem that names field and reason; other tenants' things do not exist. */
class RefusalsIT {

  private static final String TENANT = Gateway.freshTenant();
  private static final String ENTITY = "{\"join_key\":\"origin\",\"type\":\"string\"}";
  private static Gateway gateway;

  @BeforeAll
  static void start() throws Exception {
    gateway = Gateway.shared();
    gateway.put(TENANT, FEATURES + "/entities/place", ENTITY).is(201);
    gateway
        .put(
            TENANT,
            FEATURES + "/sources/weather",
            "{\"uri\":\"s3://datasets/%s/w.parquet\",\"timestamp_column\":\"at\"}"
                .formatted(TENANT))
        .is(201);
    gateway
        .put(
            TENANT,
            FEATURES + "/weather",
            "{\"source\":\"weather\",\"entities\":[\"place\"],\"features\":[{\"name\":\"temp\",\"type\":\"double\"}]}")
        .is(201);
    gateway.awaitApplied(TENANT, FEATURES + "/weather");
    Gateway.await(
        "the view can be served",
        () -> {
          try {
            return gateway
                    .post(
                        TENANT,
                        FEATURES + "/serve",
                        "{\"features\":[\"weather:temp\"],\"entities\":{\"origin\":[\"JFK\"]}}")
                    .status()
                == 200;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          POST | /serve | {"features":["weather:temp"],"entities":{"origin":["JFK"]},"x":1} | 400 | x
          POST | /serve | {"features":["weather:temp"]} | 400 | entities
          POST | /serve | {"features":"weather:temp","entities":{}} | 400 | features
          POST | /serve | {"features":[null],"entities":{}} | 400 | features
          POST | /serve | {"entities":{"origin":["JFK"]}} | 400 | features
          POST | /serve | {"features":["weather:temp"],"feature_service":"s","entities":{"origin":["JFK"]}} | 400 | features
          POST | /serve | {"features":["weather:temp"],"entities":{"origin":"JFK"}} | 400 | entities.origin
          POST | /serve | {"features":["weather:temp"],"entities":{"origin":null}} | 400 | entities
          POST | /serve | {"features":["weather:temp"],"entities":{"origin":[1]}} | 400 | entities.origin[0]
          POST | /serve | {"features":["weather:temp"],"entities":{"origin":[["a"]]}} | 400 | entities.origin[0]
          POST | /serve | {"features":["weather:temp"],"entities":{"place":["JFK"]}} | 400 | entities.origin
          POST | /serve | {"features":["nowhere:temp"],"entities":{"origin":["JFK"]}} | 404 |
          POST | /serve | {"features":["weather:nothing"],"entities":{"origin":["JFK"]}} | 404 |
          POST | /serve | {"feature_service":"nobody","entities":{"origin":["JFK"]}} | 404 |
          POST | /serve | {"features":["we\\"ather:temp"],"entities":{"origin":["JFK"]}} | 404 |
          POST | /serve | {"features":["weather:temp | 400 |
          POST | /serve | [] | 400 |
          POST | /serve | {"features":["weather:temp"],"features":["weather:temp"],"entities":{"origin":["JFK"]}} | 400 |
          POST | /feast/get-online-features | {"features":["weather:temp"],"entities":{"origin":["JFK"]},"project":"other"} | 400 | project
          POST | /feast/get-online-features | {"features":["nowhere:temp"],"entities":{"origin":["JFK"]}} | 404 |
          POST | /plan | {} | 400 | features
          POST | /plan | {"features":["temp"]} | 400 | features[0]
          POST | /plan | {"feature_service":"nobody"} | 404 |
          POST | /materialize | {"views":[]} | 400 | views
          POST | /materialize | {"views":["nowhere"]} | 404 |
          POST | /materialize | {"start":"yesterday"} | 400 | start
          POST | /materialize | {"start":"2026-01-02T00:00:00Z","end":"2026-01-01T00:00:00Z"} | 400 | start
          POST | /materialize | {"start":"+999999999-01-01T00:00:00Z","end":"+999999999-12-31T00:00:00Z"} | 400 | end
          POST | /push | {"view":"weather","rows":[{}]} | 400 | rows[0]
          POST | /push | {"view":"weather","rows":[{"origin":"JFK"}]} | 409 |
          POST | /push | {"view":"nowhere","rows":[{"origin":"JFK"}]} | 404 |
          POST | /push | {"rows":[{"origin":"JFK"}]} | 400 | view
          PUT | /entities/e | {"join_key":"k","type":"double"} | 400 | type
          PUT | /entities/e | {"join_key":"k","type":"text"} | 400 | type
          PUT | /entities/e | {"join_key":"k k","type":"string"} | 400 | join_key
          PUT | /entities/e | {"type":"string"} | 400 | join_key
          PUT | /entities/e-e | {"join_key":"k","type":"string"} | 400 | name
          PUT | /sources/s | {"uri":"s3://datasets/other/w.parquet","timestamp_column":"at"} | 400 | uri
          PUT | /sources/s | {"uri":"s3://models/x","timestamp_column":"at"} | 400 | uri
          PUT | /sources/s | {"uri":"file:///etc/passwd","timestamp_column":"at"} | 400 | uri
          PUT | /sources/s | {"uri":"","timestamp_column":""} | 400 | uri
          PUT | /serve | {} | 405 |
          PUT | /v | {"source":"weather","entities":["place"],"features":[]} | 400 | features
          PUT | /v | {"source":"weather","entities":["place"],"features":[{"name":"temp","type":"double"},{"name":"temp","type":"double"}]} | 400 | features[1].name
          PUT | /v | {"source":"weather","entities":["place"],"features":[{"name":"origin","type":"string"}]} | 400 | features[0].name
          PUT | /v | {"source":"nothing","entities":["place"],"features":[{"name":"temp","type":"double"}]} | 400 | source
          PUT | /v | {"source":"weather","entities":["nobody"],"features":[{"name":"temp","type":"double"}]} | 400 | entities[0]
          PUT | /v | {"source":"weather","entities":["place"],"features":[{"name":"temp","type":"struct"}]} | 400 | features[0].type
          PUT | /v | {"source":"weather","entities":["place"],"ttl":"-PT1S","features":[{"name":"temp","type":"double"}]} | 400 | ttl
          PUT | /v | {"source":"weather","entities":["place"],"ttl":"soon","features":[{"name":"temp","type":"double"}]} | 400 | ttl
          PUT | /services/s | {"features":["weather:nothing"]} | 400 | features[0]
          PUT | /services/s | {"features":["weather:temp","weather:temp"]} | 400 | features
          PUT | /services/s | {"features":["weather"]} | 400 | features[0]
          GET | /nowhere | | 404 |
          GET | /entities/nobody | | 404 |
          GET | /sources/nothing | | 404 |
          GET | /services/nobody | | 404 |
          GET | /materializations/not-an-id | | 400 | id
          GET | /materializations/6d1c4c8e-55e2-4f0f-93d5-8a2c0c2a1c11 | | 404 |
          GET | ?page_size=0 | | 400 | page_size
          GET | ?page_token=%21 | | 400 | page_token
          GET | /materializations?page_token=eA | | 400 | page_token
          DELETE | /weather | | 405 |
          """)
  void a_wrong_request_is_a_problem_that_names_the_field(
      String method, String path, String body, int status, String field) throws Exception {
    Answer answer = gateway.call(TENANT, method, FEATURES + path, body, Map.of());

    assertThat(answer.status()).as(answer.body().toPrettyString()).isEqualTo(status);
    assertThat(answer.headers().get("content-type")).startsWith("application/problem+json");
    assertThat(answer.code()).isNotBlank();
    if (field != null) {
      assertThat(
              answer.body().path("violations").valueStream().map(v -> v.path("field").asString()))
          .as(answer.body().toPrettyString())
          .anySatisfy(named -> assertThat(named).startsWith(field));
    }
  }

  @Test
  void a_wrong_content_type_and_a_too_large_body_are_told_so() throws Exception {
    gateway.post(TENANT, FEATURES + "/serve", "x=1", "Content-Type", "text/plain").is(415);
    gateway
        .post(TENANT, FEATURES + "/serve", "{\"features\":[\"" + "x".repeat(9_000_000) + "\"]}")
        .is(413);
    String many = "\"JFK\",".repeat(5000) + "\"JFK\"";
    Answer rows =
        gateway
            .post(
                TENANT,
                FEATURES + "/serve",
                "{\"features\":[\"weather:temp\"],\"entities\":{\"origin\":[" + many + "]}}")
            .is(400);
    assertThat(rows.body().path("violations").path(0).path("message").asString()).contains("5000");
  }

  @Test
  void another_tenants_things_do_not_exist() throws Exception {
    String other = Gateway.freshTenant();

    gateway.get(other, FEATURES + "/weather").is(404);
    gateway.get(other, FEATURES + "/entities/place").is(404);
    gateway.get(other, FEATURES + "/sources/weather").is(404);
    assertThat(gateway.get(other, FEATURES).is(200).body().path("items").size()).isZero();
    gateway
        .post(
            other,
            FEATURES + "/serve",
            "{\"features\":[\"weather:temp\"],\"entities\":{\"origin\":[\"JFK\"]}}")
        .is(404);
    gateway.post(other, FEATURES + "/plan", "{\"features\":[\"weather:temp\"]}").is(404);
    gateway.post(other, FEATURES + "/materialize", "{\"views\":[\"weather\"]}").is(404);
    gateway
        .put(
            other,
            FEATURES + "/sources/weather",
            "{\"uri\":\"s3://datasets/%s/w.parquet\",\"timestamp_column\":\"at\"}"
                .formatted(TENANT))
        .is(400);
    // The same name is free in another tenant.
    gateway
        .put(other, FEATURES + "/entities/place", "{\"join_key\":\"zip\",\"type\":\"int64\"}")
        .is(201);
    assertThat(gateway.get(TENANT, FEATURES + "/entities/place").body().path("join_key").asString())
        .isEqualTo("origin");
  }

  @Test
  void a_repeated_materialization_is_the_same_one() throws Exception {
    String key = UUID.randomUUID().toString();
    Answer first =
        gateway.post(TENANT, FEATURES + "/materialize", "{}", "Idempotency-Key", key).is(202);
    Answer second =
        gateway.post(TENANT, FEATURES + "/materialize", "{}", "Idempotency-Key", key).is(202);

    assertThat(second.body().path("id")).isEqualTo(first.body().path("id"));
    assertThat(second.headers()).containsEntry("idempotent-replayed", "true");
    gateway
        .post(
            TENANT, FEATURES + "/materialize", "{\"views\":[\"weather\"]}", "Idempotency-Key", key)
        .is(422);
    JsonNode ended = gateway.awaitMaterialized(TENANT, first);
    assertThat(ended.path("status").asString()).isEqualTo("failed");
    assertThat(ended.path("conditions").path(0).path("reason").asString()).isEqualTo("ViewFailed");
    assertThat(ended.path("conditions").path(0).path("message").asString()).startsWith("weather: ");
  }

  @Test
  void an_unchanged_document_may_be_put_again_without_a_revision() throws Exception {
    Answer again = gateway.put(TENANT, FEATURES + "/entities/place", ENTITY).is(200);

    assertThat(again.headers().get("etag")).isEqualTo("\"1\"");
    gateway.put(TENANT, FEATURES + "/entities/place", ENTITY, "If-Match", "\"5\"").is(412);
    gateway.put(TENANT, FEATURES + "/entities/place", ENTITY, "If-Match", "latest").is(400);
  }

  @Test
  void without_a_token_nothing_is_answered() throws Exception {
    var http = java.net.http.HttpClient.newHttpClient();
    for (String path : new String[] {"", "/weather", "/entities", "/serve"}) {
      var response =
          http.send(
              java.net.http.HttpRequest.newBuilder(gateway.address(FEATURES + path)).build(),
              java.net.http.HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(401);
    }
  }
}
