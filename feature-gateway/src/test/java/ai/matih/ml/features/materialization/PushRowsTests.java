package ai.matih.ml.features.materialization;

import static ai.matih.ml.features.InMemoryFeatures.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.matih.ml.common.problem.ErrorCode;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.InMemoryFeatures;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.Feature;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.Labels;
import ai.matih.ml.features.definition.SourceDefinition;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class PushRowsTests {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String GOOD = "\"driver\":7,\"at\":\"2026-01-01T00:00:00Z\",\"made\":null";

  private final InMemoryFeatures features = new InMemoryFeatures();
  private final PushRows push = new PushRows(features, features, features);

  PushRowsTests() {
    features.observed =
        new Definitions(
            "acme",
            "1",
            Map.of(),
            Map.of(),
            Map.of("trips", view(Optional.of("trips_push")), "closed", view(Optional.empty())),
            Map.of());
  }

  private static ViewDefinition view(Optional<String> pushSource) {
    return new ViewDefinition(
        "trips",
        ViewDefinition.Kind.BATCH,
        Optional.of(
            new SourceDefinition(
                "trips", Optional.empty(), "at", Optional.of("made"), Map.of(), Labels.NONE)),
        List.of("driver"),
        List.of(new JoinKey("driver", FeatureType.INT64)),
        List.of(
            new Feature("seats", FeatureType.INT64, "", Map.of()),
            new Feature("rate", FeatureType.DOUBLE, "", Map.of())),
        Duration.ZERO,
        true,
        pushSource,
        Labels.NONE,
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void rows_arrive_in_the_declared_types_with_their_nulls() {
    push("[{%s,\"seats\":9007199254740993,\"rate\":null},{%s,\"seats\":null,\"rate\":1}]");

    List<PushedRow> rows = features.written.get("trips");
    assertThat(rows).hasSize(2);
    assertThat(rows.getFirst().keys()).isEqualTo(Map.of("driver", 7L));
    assertThat(rows.getFirst().values()).containsEntry("seats", 9007199254740993L);
    assertThat(rows.getFirst().values()).containsEntry("rate", null);
    assertThat(rows.getLast().values()).containsEntry("rate", 1.0);
    assertThat(rows.getFirst().event()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(rows.getFirst().created()).isEmpty();
    assertThat(features.pushes).containsExactly("trips: 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {%s,"seats":1.9,"rate":1} | rows[1].seats must be a whole number of 64 bits
          {%s,"seats":[1],"rate":1} | rows[1].seats must be a whole number of 64 bits
          {%s,"seats":1,"rate":"fast"} | rows[1].rate must be a number that 64 bits of floating point hold
          {%s,"seats":1} | rows[1].rate is required
          {%s,"seats":1,"rate":1,"wheels":4} | rows[1].wheels is not a column of the view
          {"at":"2026-01-01T00:00:00Z","made":null,"seats":1,"rate":1} | rows[1].driver is required
          {"driver":null,"at":"2026-01-01T00:00:00Z","made":null,"seats":1,"rate":1} | rows[1].driver must be a whole number of 64 bits
          {"driver":7,"at":null,"made":null,"seats":1,"rate":1} | rows[1].at must be an ISO 8601 time of the years 1678 to 2261
          {"driver":7,"at":1767225600,"made":null,"seats":1,"rate":1} | rows[1].at must be an ISO 8601 time of the years 1678 to 2261
          {"driver":7,"made":null,"seats":1,"rate":1} | rows[1].at is required
          {"driver":7,"at":"2026-01-01T00:00:00Z","made":"soon","seats":1,"rate":1} | rows[1].made must be an ISO 8601 time of the years 1678 to 2261
          """)
  void a_wrong_row_is_named_with_its_column_and_nothing_is_written(String row, String expected) {
    Problem refused = refused("trips", "[{%s,\"seats\":1,\"rate\":1}," + row + "]");

    assertThat(refused.violations().stream().map(v -> v.field() + " " + v.message()))
        .containsExactly(expected);
    assertThat(features.written).isEmpty();
    assertThat(features.pushes).isEmpty();
  }

  @Test
  void at_most_some_violations_are_listed() {
    String row = "{\"driver\":null,\"at\":null,\"made\":null,\"seats\":\"x\",\"rate\":\"x\"}";
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rows.add(row);
    }

    assertThat(refused("trips", "[" + String.join(",", rows) + "]").violations())
        .hasSizeBetween(20, 24);
  }

  @Test
  void a_view_that_takes_no_rows_or_is_not_there_says_so() {
    assertThat(error("closed")).isEqualTo(FeaturesError.PUSH_NOT_ACCEPTED);
    assertThat(error("nowhere")).isEqualTo(FeaturesError.VIEW_NOT_FOUND);
  }

  private ErrorCode error(String view) {
    return refused(view, "[{%s,\"seats\":1,\"rate\":1}]").error();
  }

  private Problem refused(String view, String rows) {
    return catchThrowableOfType(Problem.class, () -> push.push(TENANT, view, read(rows)));
  }

  private void push(String rows) {
    push.push(TENANT, "trips", read(rows));
  }

  private static List<Map<String, @Nullable Object>> read(String rows) {
    List<HashMap<String, @Nullable Object>> read =
        JSON.readValue(rows.replace("%s", GOOD), new TypeReference<>() {});
    return List.copyOf(read);
  }
}
