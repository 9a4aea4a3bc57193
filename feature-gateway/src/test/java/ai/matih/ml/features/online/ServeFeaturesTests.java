package ai.matih.ml.features.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.Feature;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.Labels;
import ai.matih.ml.features.definition.ServiceDefinition;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import ai.matih.ml.features.definition.ViewDefinition.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServeFeaturesTests {

  private static final Tenant TENANT = new Tenant("acme");
  private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");

  /** What is stored of one feature. */
  private record Stored(@Nullable Object value, Instant at) {}

  /** By the key's values, sorted by their names, and then by feature. */
  private final Map<List<Object>, Map<String, Stored>> stored = new HashMap<>();

  private int reads;

  @Test
  void a_value_is_present_null_not_found_or_too_old() {
    store(Map.of("user", 1L), "age", Optional.of(30L), NOW.minus(Duration.ofHours(24)));
    store(Map.of("user", 2L), "age", Optional.empty(), NOW);
    store(
        Map.of("user", 3L), "age", Optional.of(50L), NOW.minus(Duration.ofHours(24)).minusNanos(1));

    OnlineAnswer answer = ask(true, List.of("people:age"), Map.of("user", List.of(1, 2, 3, 4)));

    assertThat(IntStream.range(0, 4).mapToObj(row -> answer.status(row, 0)))
        .containsExactly(
            ValueStatus.PRESENT,
            ValueStatus.NULL,
            ValueStatus.OUTSIDE_MAX_AGE,
            ValueStatus.NOT_FOUND);
    assertThat(answer.value(0, 0)).isEqualTo(30L);
    assertThat(answer.value(2, 0)).isNull();
    assertThat(answer.eventTime(2, 0)).isNotNull();
    assertThat(answer.eventTime(3, 0)).isNull();
  }

  @Test
  void an_old_value_is_present_when_ages_are_not_enforced() {
    store(Map.of("user", 3L), "age", Optional.of(50L), NOW.minus(Duration.ofDays(99)));

    assertThat(ask(false, List.of("people:age"), Map.of("user", List.of(3))).status(0, 0))
        .isEqualTo(ValueStatus.PRESENT);
  }

  @Test
  void a_view_is_read_once_however_many_features_and_rows_are_asked() {
    ask(true, List.of("people:age", "people:name", "people:age"), Map.of("user", List.of(1, 1, 2)));

    assertThat(reads).isEqualTo(1);
  }

  @Test
  void features_come_in_the_order_of_the_request_and_once() {
    OnlineAnswer answer =
        ask(true, List.of("people:name", "people:age", "people:name"), Map.of("user", List.of(1)));

    assertThat(answer.features().stream().map(Object::toString))
        .containsExactly("people:name", "people:age");
  }

  @Test
  void a_service_can_rename_the_view_and_its_key() {
    store(Map.of("user", 1L), "age", Optional.of(30L), NOW);

    OnlineAnswer answer =
        serve(true)
            .answer(
                TENANT,
                new ServeFeatures.Question(
                    Optional.empty(), Optional.of("buyers"), Map.of("buyer", List.of("1"))));

    assertThat(answer.features().getFirst()).hasToString("shoppers:age");
    assertThat(answer.entity(0)).containsEntry("buyer", 1L);
    assertThat(answer.value(0, 0)).isEqualTo(30L);
  }

  @Test
  void wrong_requests_are_refused_with_the_field() {
    assertThat(fields(List.of("people"), Map.of("user", List.of(1))))
        .containsExactly("features[0]");
    assertThat(fields(List.of("people:age:x"), Map.of("user", List.of(1))))
        .containsExactly("features[0]");
    assertThat(fields(List.of(), Map.of("user", List.of(1)))).containsExactly("features");
    assertThat(fields(List.of("people:age"), Map.of())).containsExactly("entities.user");
    assertThat(fields(List.of("people:age"), Map.of("usr", List.of(1))))
        .containsExactly("entities.user", "entities.usr");
    assertThat(fields(List.of("people:age"), Map.of("user", List.of())))
        .containsExactly("entities");
    assertThat(
            fields(
                List.of("people:age"), Map.of("user", List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))))
        .containsExactly("entities");
    assertThat(
            fields(
                List.of("people:age"),
                Map.of("user", List.of("x", 1.5, true, "99999999999999999999"))))
        .containsExactly(
            "entities.user[0]", "entities.user[1]", "entities.user[2]", "entities.user[3]");
    List<@Nullable Object> withNull = new ArrayList<>();
    withNull.add(null);
    assertThat(fields(List.of("people:age"), nullable(withNull)))
        .containsExactly("entities.user[0]");
    assertThat(code(List.of("nobody:age"))).isEqualTo("Features:ViewNotFound");
    assertThat(code(List.of("people:height"))).isEqualTo("Features:FeatureNotFound");
    assertThat(code(List.of("computed:sum"))).isEqualTo("Features:OnDemandView");
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Map<String, List<Object>> nullable(List<@Nullable Object> values) {
    return Map.of("user", (List) values);
  }

  private List<String> fields(List<String> features, Map<String, List<Object>> entities) {
    List<String> fields = new ArrayList<>();
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(
            () ->
                serve(true)
                    .answer(
                        TENANT,
                        new ServeFeatures.Question(
                            Optional.of(features), Optional.empty(), entities)))
        .satisfies(p -> p.violations().stream().map(Violation::field).forEach(fields::add));
    return fields;
  }

  private String code(List<String> features) {
    List<String> codes = new ArrayList<>();
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> ask(true, features, Map.of("user", List.of(1))))
        .satisfies(
            p -> {
              assertThat(p.params()).containsEntry("field", "features[0]");
              codes.add(p.error().code());
            });
    return codes.getFirst();
  }

  private void store(Map<String, Object> key, String feature, Optional<Object> value, Instant at) {
    stored
        .computeIfAbsent(List.copyOf(new TreeMap<>(key).values()), _ -> new HashMap<>())
        .put(feature, new Stored(value.orElse(null), at));
  }

  private OnlineAnswer ask(
      boolean enforceTtl, List<String> features, Map<String, List<Object>> entities) {
    return serve(enforceTtl)
        .answer(
            TENANT, new ServeFeatures.Question(Optional.of(features), Optional.empty(), entities));
  }

  private ServeFeatures serve(boolean enforceTtl) {
    OnlineValues values =
        (_, wanted) -> {
          reads++;
          return wanted.stream().map(one -> Optional.of(rows(one))).toList();
        };
    return new ServeFeatures(
        definitions(),
        values,
        new OnlineSettings(enforceTtl, 10, 10),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private StoredRows rows(OnlineValues.Wanted wanted) {
    StoredRows rows = new StoredRows(wanted.keys().size(), wanted.features().size());
    for (int row = 0; row < wanted.keys().size(); row++) {
      List<Object> key = new ArrayList<>();
      for (List<Object> column : wanted.keys().columns()) {
        key.add(column.get(row));
      }
      Map<String, Stored> found = stored.getOrDefault(key, Map.of());
      for (int column = 0; column < wanted.features().size(); column++) {
        Stored one = found.get(wanted.features().get(column));
        if (one != null) {
          rows.put(row, column, one.value(), one.at());
        }
      }
    }
    return rows;
  }

  private static DefinitionsSource definitions() {
    ViewDefinition people =
        view("people", Kind.BATCH, List.of(new JoinKey("user", FeatureType.INT64)), "age", "name");
    ViewDefinition computed = view("computed", Kind.ON_DEMAND, List.of(), "sum");
    ServiceDefinition buyers =
        new ServiceDefinition(
            "buyers",
            List.of(
                new ServiceDefinition.Projection(
                    "people", Optional.of("shoppers"), List.of("age"), Map.of("user", "buyer"))),
            Labels.NONE,
            Optional.empty());
    Definitions all =
        new Definitions(
            "acme",
            "1",
            Map.of(),
            Map.of(),
            Map.of("people", people, "computed", computed),
            Map.of("buyers", buyers));
    return new DefinitionsSource() {
      @Override
      public Definitions of(Tenant tenant) {
        return all;
      }

      @Override
      public Definitions fresh(Tenant tenant) {
        return all;
      }
    };
  }

  private static ViewDefinition view(
      String name, Kind kind, List<JoinKey> keys, String... features) {
    return new ViewDefinition(
        name,
        kind,
        Optional.empty(),
        List.of("user"),
        keys,
        java.util.Arrays.stream(features)
            .map(f -> new Feature(f, FeatureType.INT64, "", Map.of()))
            .toList(),
        Duration.ofHours(24),
        true,
        Optional.empty(),
        Labels.NONE,
        Optional.empty(),
        Optional.empty());
  }
}
