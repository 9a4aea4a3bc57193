package ai.matih.ml.features;

import static ai.matih.ml.features.Gateway.FEATURES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.features.Gateway.Answer;
import ai.matih.ml.features.definition.FeatureType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * What goes in comes out, on either online store: whatever the type, the order of arrival and the
 * way. {@code -Dmatih.values=100000} makes the long form.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CarriedValuesContract {

  private static final int VALUES = Integer.getInteger("matih.values", 4_000);
  private static final long SEED = Long.getLong("matih.values.seed", 12);
  private static final String TRIPS = FEATURES + "/trips";

  private final String tenant = Gateway.freshTenant();
  private Gateway gateway;

  abstract Gateway makeGateway() throws Exception;

  @BeforeAll
  void start() throws Exception {
    gateway = makeGateway();
    gateway.script("trips.py", tenant);
    source("trips", "at", "made");
    gateway
        .put(tenant, FEATURES + "/entities/driver", "{\"join_key\":\"driver\",\"type\":\"int64\"}")
        .is(201);
    gateway.put(tenant, TRIPS, view("{\"name\":\"seats\",\"type\":\"int64\"}")).is(201);
    gateway.awaitApplied(tenant, TRIPS);
  }

  @Test
  void the_newest_event_stays_however_late_the_others_come() throws Exception {
    push(1, "2026-01-02T00:00:00Z", null, "2");
    push(1, "2026-01-01T23:00:00Z", null, "1");

    assertThat(seats(1)).isEqualTo("2 present 2026-01-02T00:00:00Z");

    push(1, "2026-01-02T00:00:00.000001Z", null, "3");
    assertThat(seats(1)).isEqualTo("3 present 2026-01-02T00:00:00.000001Z");
  }

  @Test
  void of_two_events_of_one_time_the_one_created_later_stays() throws Exception {
    push(2, "1960-01-01T00:00:00Z", "1960-01-03T00:00:00Z", "3");
    push(2, "1960-01-01T00:00:00Z", "1960-01-02T00:00:00Z", "2");
    push(2, "1960-01-01T00:00:00Z", null, "1");
    assertThat(seats(2)).isEqualTo("3 present 1960-01-01T00:00:00Z");

    push(2, "1960-01-01T00:00:00Z", "1960-01-03T00:00:00Z", "4");
    assertThat(seats(2)).isEqualTo("4 present 1960-01-01T00:00:00Z");

    push(2, "1960-01-01T00:00:01Z", null, "5");
    push(2, "1960-01-01T00:00:01Z", "1950-01-01T00:00:00Z", "6");
    assertThat(seats(2)).isEqualTo("6 present 1960-01-01T00:00:01Z");
  }

  @Test
  void a_materialization_does_not_overwrite_a_newer_push_and_tells_what_it_left_out()
      throws Exception {
    push(101, "2026-01-02T00:00:00Z", null, "77");

    JsonNode done = materialize("[\"trips\"]");

    assertThat(done.path("status").asString()).as(done.toPrettyString()).isEqualTo("succeeded");
    JsonNode view = done.path("views").path(0);
    assertThat(view.path("rows").asInt()).isEqualTo(3);
    assertThat(view.path("rows_without_key").asInt()).isEqualTo(1);
    assertThat(view.path("rows_without_time").asInt()).isEqualTo(1);
    assertThat(done.path("conditions").path(0).path("message").asString())
        .endsWith("trips: rows left out: 1 without a key, 1 without a time.");
    assertThat(seats(101)).isEqualTo("77 present 2026-01-02T00:00:00Z");
    assertThat(seats(102)).isEqualTo("9007199254740993 present 1960-05-06T00:00:00Z");
    assertThat(seats(103)).isEqualTo("null 2025-12-01T00:00:00Z");
  }

  @Test
  void a_null_is_a_value_also_when_it_replaces_another() throws Exception {
    push(3, "2026-01-01T00:00:00Z", null, "null");
    assertThat(seats(3)).isEqualTo("null 2026-01-01T00:00:00Z");

    push(4, "2026-01-01T00:00:00Z", null, "4");
    push(4, "2026-01-02T00:00:00Z", null, "null");
    assertThat(seats(4)).isEqualTo("null 2026-01-02T00:00:00Z");
    assertThat(seats(5)).isEqualTo("not_found");
    assertThat(serve(5).path("absent").toString()).isEqualTo("{\"trips:seats\":\"not_found\"}");
    assertThat(serve(4).has("absent")).isFalse();
  }

  @Test
  void writers_at_the_same_time_leave_the_newest_event() throws Exception {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 48; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(SEED));
    List<Callable<Void>> pushes = new ArrayList<>();
    for (int i : order) {
      // Each touches the same entities in another order.
      List<Integer> drivers = new ArrayList<>(List.of(11, 12, 13, 14));
      Collections.rotate(drivers, i);
      pushes.add(
          () -> {
            String rows =
                drivers.stream()
                    .map(d -> row(d, "2026-01-01T00:00:%02dZ".formatted(i), null, "" + i))
                    .collect(Collectors.joining(","));
            gateway.post(tenant, FEATURES + "/push", pushed(rows)).is(200);
            return null;
          });
    }

    try (var threads = Executors.newFixedThreadPool(8)) {
      for (Future<Void> push : threads.invokeAll(pushes)) {
        push.get();
      }
    }

    for (int driver = 11; driver <= 14; driver++) {
      assertThat(seats(driver)).isEqualTo("47 present 2026-01-01T00:00:47Z");
    }
  }

  @Test
  void a_wrong_row_is_a_problem_that_names_row_and_column() throws Exception {
    for (String seats : List.of("1.9", "[1]", "\"many\"", "true", "9223372036854775808")) {
      Answer refused =
          gateway
              .post(
                  tenant,
                  FEATURES + "/push",
                  pushed(
                      row(21, "2026-01-01T00:00:00Z", null, "1")
                          + ","
                          + row(21, "2026-01-01T00:00:00Z", null, seats)))
              .is(400);
      assertThat(refused.body().path("violations").path(0).path("field").asString())
          .isEqualTo("rows[1].seats");
    }
    for (String at : List.of("null", "1767225600", "1767225600000", "\"today\"")) {
      String row = row(21, "x", null, "1").replace("\"x\"", at);
      Answer refused = gateway.post(tenant, FEATURES + "/push", pushed(row)).is(400);
      assertThat(refused.body().path("violations").path(0).path("field").asString())
          .isEqualTo("rows[0].at");
    }
    assertThat(seats(21)).isEqualTo("not_found");
  }

  @Test
  void a_view_that_does_not_fit_its_source_is_refused_when_it_is_declared() throws Exception {
    Answer refused =
        gateway
            .put(
                tenant,
                FEATURES + "/warm",
                view(
                    "{\"name\":\"seats\",\"type\":\"string\"},{\"name\":\"temp\",\"type\":\"int64\"},{\"name\":\"wind\",\"type\":\"double\"}"))
            .is(400);

    assertThat(
            refused
                .body()
                .path("violations")
                .valueStream()
                .map(v -> v.path("field").asString() + ": " + v.path("message").asString()))
        .containsExactly(
            "features[0].type: source trips: column 'seats' holds int64 and is declared string",
            "features[1].type: source trips: column 'temp', row 2: 2.2 is no int64",
            "features[2].type: source trips: there is no column 'wind'; there are driver, at, made,"
                + " seats, temp");
    gateway.get(tenant, FEATURES + "/warm").is(404);
  }

  @Test
  void a_changed_source_that_no_longer_fits_its_views_is_refused() throws Exception {
    Answer refused =
        gateway
            .put(
                tenant,
                FEATURES + "/sources/trips",
                sourceOf("trips", "started", "made"),
                "If-Match",
                "\"1\"")
            .is(400);

    assertThat(refused.body().path("violations").path(0).path("message").asString())
        .startsWith("the view trips: source trips: there is no column 'started'");
  }

  @Test
  void generated_values_of_every_type_are_served_as_a_training_join_finds_them() throws Exception {
    List<FeatureType> types = FeatureType.DECLARABLE.stream().sorted().collect(Collectors.toList());
    int entities = Math.max(1, VALUES / types.size());
    JsonNode made =
        Gateway.JSON.readTree(
            gateway.script("generated_values.py", tenant, "" + entities, "" + SEED));
    source("generated", "at", "made");
    gateway
        .put(tenant, FEATURES + "/entities/key", "{\"join_key\":\"key\",\"type\":\"int64\"}")
        .is(201);
    String features =
        types.stream()
            .map(t -> "{\"name\":\"f_%1$s\",\"type\":\"%1$s\"}".formatted(t.wire()))
            .collect(Collectors.joining(","));
    gateway
        .put(
            tenant,
            FEATURES + "/generated",
            "{\"source\":\"generated\",\"entities\":[\"key\"],\"push\":true,\"features\":[%s]}"
                .formatted(features))
        .is(201);
    gateway.awaitApplied(tenant, FEATURES + "/generated");

    push(made.path("before"));
    assertThat(materialize("[\"generated\"]").path("status").asString()).isEqualTo("succeeded");
    push(made.path("after"));
    // Once more, over what came meanwhile.
    assertThat(materialize("[\"generated\"]").path("status").asString()).isEqualTo("succeeded");

    assertThat(compared(made.path("expected"), types)).isEqualTo(entities * types.size());
  }

  private void push(JsonNode requests) throws Exception {
    for (JsonNode request : requests) {
      gateway.post(tenant, FEATURES + "/push", request.toString()).is(200);
    }
  }

  /** Compares all and answers how many values there were. */
  private int compared(JsonNode expected, List<FeatureType> types) throws Exception {
    String features =
        types.stream()
            .map(t -> "\"generated:f_" + t.wire() + "\"")
            .collect(Collectors.joining(","));
    int count = 0;
    for (int from = 0; from < expected.size(); from += 500) {
      ArrayNode keys = Gateway.JSON.createArrayNode();
      for (int i = from; i < Math.min(from + 500, expected.size()); i++) {
        keys.add(expected.path(i).path("key"));
      }
      JsonNode rows =
          gateway
              .post(
                  tenant,
                  FEATURES + "/serve",
                  "{\"features\":[%s],\"entities\":{\"key\":%s}}".formatted(features, keys))
              .is(200)
              .body()
              .path("rows");
      for (int i = 0; i < rows.size(); i++) {
        for (FeatureType type : types) {
          JsonNode wanted = expected.path(from + i).path("f_" + type.wire());
          JsonNode served = rows.path(i).path("values").path("generated:f_" + type.wire());
          String as = keys.path(i) + " " + type + " " + served;
          assertThat(served.path("status").asString())
              .as(as)
              .isEqualTo(wanted.isNull() ? "null" : "present");
          if (!wanted.isNull()) {
            assertThat(served.path("value")).as(as).isEqualTo(wanted);
          }
          count++;
        }
      }
    }
    return count;
  }

  private JsonNode materialize(String views) throws Exception {
    return gateway.awaitMaterialized(
        tenant, gateway.post(tenant, FEATURES + "/materialize", "{\"views\":" + views + "}"));
  }

  private void source(String name, String timestamp, String created) throws Exception {
    gateway.put(tenant, FEATURES + "/sources/" + name, sourceOf(name, timestamp, created)).is(201);
  }

  private String sourceOf(String name, String timestamp, String created) {
    return "{\"uri\":\"s3://datasets/%s/%s.parquet\",\"timestamp_column\":\"%s\",\"created_timestamp_column\":\"%s\"}"
        .formatted(tenant, name, timestamp, created);
  }

  private static String view(String features) {
    return "{\"source\":\"trips\",\"entities\":[\"driver\"],\"push\":true,\"features\":[%s]}"
        .formatted(features);
  }

  private void push(int driver, String at, @Nullable String made, String seats) throws Exception {
    gateway.post(tenant, FEATURES + "/push", pushed(row(driver, at, made, seats))).is(200);
  }

  private static String pushed(String rows) {
    return "{\"view\":\"trips\",\"rows\":[%s]}".formatted(rows);
  }

  private static String row(int driver, String at, @Nullable String made, String seats) {
    return "{\"driver\":%d,\"at\":\"%s\",\"made\":%s,\"seats\":%s}"
        .formatted(driver, at, made == null ? "null" : "\"" + made + "\"", seats);
  }

  private JsonNode serve(int driver) throws Exception {
    return gateway
        .post(
            tenant,
            FEATURES + "/serve",
            "{\"features\":[\"trips:seats\"],\"entities\":{\"driver\":[%d]}}".formatted(driver))
        .is(200)
        .body()
        .path("rows")
        .path(0);
  }

  /** Value, status and event time, those that there are. */
  private String seats(int driver) throws Exception {
    JsonNode value = serve(driver).path("values").path("trips:seats");
    return List.of("value", "status", "event_timestamp").stream()
        .filter(value::has)
        .map(part -> value.path(part).asString())
        .collect(Collectors.joining(" "));
  }
}
