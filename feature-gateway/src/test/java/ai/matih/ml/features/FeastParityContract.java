package ai.matih.ml.features;

import static ai.matih.ml.features.Gateway.FEATURES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.features.definition.FeatureType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * What holds for either online store: our answers are Feast's own, on a project that the ordinary
 * Feast client made.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FeastParityContract {

  final String tenant = Gateway.freshTenant();
  private static final String ENTITIES =
      "{\"user_id\":[1,2,3,4,5,1],\"shop\":[\"a\",\"a\",\"ä\",\"a\",\"a\",\"b\"]}";
  Gateway gateway;
  private Gateway asFeast;

  abstract Gateway start(Map<String, String> overrides) throws Exception;

  /** The status by which Feast tells of an entity that was never stored. */
  abstract String feastsNotFound();

  @BeforeAll
  void start() throws Exception {
    gateway = start(Map.of());
    asFeast = start(Map.of("features.online.enforce-ttl", "false"));
    gateway.script("every_value.py", tenant);
  }

  @AfterAll
  void stop() {
    gateway.close();
    asFeast.close();
  }

  @Test
  void every_kind_of_value_equals_feasts_value_by_value() throws Exception {
    List<String> features = new ArrayList<>();
    for (FeatureType type :
        EnumSet.complementOf(EnumSet.of(FeatureType.INVALID, FeatureType.NULL))) {
      features.add("\"everything:" + type.name().toLowerCase(Locale.ROOT) + "\"");
    }

    int compared =
        compare(
            "{\"features\":[" + String.join(",", features) + "],\"entities\":" + ENTITIES + "}");

    assertThat(compared).isEqualTo((features.size() + 2) * 6);
  }

  @Test
  void full_names_services_with_aliases_and_views_without_entities_equal_feasts() throws Exception {
    assertThat(
            compare(
                "{\"features\":[\"everything:int64\",\"by_code:rate\"],\"full_feature_names\":true,"
                    + "\"entities\":{\"user_id\":[1,2],\"shop\":[\"a\",\"a\"],\"code\":[9,-1]}}"))
        .isEqualTo(10);
    assertThat(
            compare(
                "{\"feature_service\":\"mixed\",\"full_feature_names\":true,"
                    + "\"entities\":{\"buyer_id\":[1,7],\"shop\":[\"a\",\"a\"],\"code\":[9,8]}}"))
        .isEqualTo(12);
    assertThat(
            compare(
                "{\"features\":[\"everywhere:level\",\"by_code:rate\"],\"entities\":{\"code\":[9,8]}}"))
        .isEqualTo(6);
  }

  @Test
  void an_ordinary_feast_client_reads_through_the_gateway() throws Exception {
    String printed;
    try (Front front = new Front(gateway)) {
      printed =
          gateway.script(
              "sdk_reads.py",
              tenant,
              front.address() + FEATURES + "/feast",
              TestTokens.user(tenant, "ada", Role.INFERENCE));
    }

    String answer =
        printed.lines().filter(line -> line.startsWith("ANSWER ")).findFirst().orElseThrow();
    JsonNode read = Gateway.JSON.readTree(answer.substring("ANSWER ".length()));
    assertThat(read.path("user_id").toString()).isEqualTo("[1,2,3]");
    assertThat(read.path("int64").toString()).isEqualTo("[9007199254740993,null,null]");
    assertThat(read.path("double").toString()).isEqualTo("[0.1,null,null]");
    assertThat(read.path("string").path(0).asString()).startsWith("grüße");
    assertThat(read.path("int64_list").path(0).toString()).isEqualTo("[1,-1152921504606846976]");
  }

  @Test
  void old_rows_are_withheld_only_where_the_view_limits_their_age() throws Exception {
    JsonNode rows =
        gateway
            .post(
                tenant,
                FEATURES + "/serve",
                "{\"features\":[\"everything:double\",\"by_code:rate\"],"
                    + "\"entities\":{\"user_id\":[3],\"shop\":[\"ä\"],\"code\":[9]}}")
            .is(200)
            .body()
            .path("rows");

    JsonNode values = rows.path(0).path("values");
    assertThat(values.path("everything:double").path("status").asString())
        .isEqualTo("outside_max_age");
    assertThat(values.path("everything:double").has("value")).isFalse();
    assertThat(values.path("by_code:rate").path("status").asString()).isEqualTo("present");
    JsonNode feastForm =
        gateway
            .post(
                tenant,
                FEATURES + "/feast/get-online-features",
                "{\"features\":[\"everything:double\"],\"entities\":{\"user_id\":[3],\"shop\":[\"ä\"]}}")
            .is(200)
            .body();
    assertThat(feastForm.path("results").path(2).path("statuses").path(0).asString())
        .isEqualTo("OUTSIDE_MAX_AGE");
    assertThat(feastForm.path("results").path(2).path("values").path(0).isNull()).isTrue();
  }

  @Test
  void what_a_feast_client_defined_is_in_the_catalogue() throws Exception {
    JsonNode view = gateway.get(tenant, FEATURES + "/everything").is(200).body();

    assertThat(view.path("managed").asBoolean()).isFalse();
    assertThat(view.path("ttl").asString()).isEqualTo("PT48H");
    assertThat(view.path("used_by").path(0).asString()).isEqualTo("mixed");
    assertThat(view.path("tags").path("made_by").asString()).isEqualTo("client");
    assertThat(view.path("join_keys").toString())
        .contains(
            "{\"name\":\"user_id\",\"type\":\"int64\"}", "{\"name\":\"shop\",\"type\":\"string\"}");
    assertThat(gateway.get(tenant, FEATURES + "?tag=made_by:client").body().path("items").size())
        .isEqualTo(1);
    assertThat(
            gateway
                .post(tenant, FEATURES + "/plan", "{\"features\":[\"everything:double\"]}")
                .is(409)
                .code())
        .isEqualTo("Features:NotPlannable");
  }

  /** Compares both answers by feature name and answers how many values were compared. */
  private int compare(String request) throws Exception {
    JsonNode feasts =
        asFeast
            .feast("POST", "/projects/" + tenant + "/feast/get-online-features", request)
            .is(200)
            .body();
    JsonNode ours =
        asFeast.post(tenant, FEATURES + "/feast/get-online-features", request).is(200).body();
    Map<String, JsonNode> expected = byName(feasts);
    Map<String, JsonNode> actual = byName(ours);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    int compared = 0;
    for (Map.Entry<String, JsonNode> column : expected.entrySet()) {
      JsonNode our = java.util.Objects.requireNonNull(actual.get(column.getKey()));
      for (String part : List.of("values", "statuses", "event_timestamps")) {
        for (int i = 0; i < column.getValue().path(part).size(); i++) {
          JsonNode expectedPart = column.getValue().path(part).path(i);
          if (our.path(part).path(i).asString("").equals("NOT_FOUND")) {
            assertThat(expectedPart.asString()).isEqualTo(feastsNotFound());
          } else {
            assertThat(our.path(part).path(i))
                .as(column.getKey() + " " + part + " " + i)
                .isEqualTo(expectedPart);
          }
        }
      }
      compared += column.getValue().path("values").size();
      assertThat(our.path("values").size()).isEqualTo(column.getValue().path("values").size());
    }
    return compared;
  }

  private static Map<String, JsonNode> byName(JsonNode answer) {
    Map<String, JsonNode> columns = new HashMap<>();
    for (int i = 0; i < answer.path("results").size(); i++) {
      columns.put(
          answer.path("metadata").path("feature_names").path(i).asString(),
          answer.path("results").path(i));
    }
    return columns;
  }
}
