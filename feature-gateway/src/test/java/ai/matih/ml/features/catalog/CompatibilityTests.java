package ai.matih.ml.features.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.features.catalog.Compatibility.Refusal;
import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.FeatureDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.definition.EntityDefinition;
import ai.matih.ml.features.definition.Feature;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.Labels;
import ai.matih.ml.features.definition.ServiceDefinition;
import ai.matih.ml.features.definition.ServiceDefinition.Projection;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import ai.matih.ml.features.definition.ViewDefinition.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompatibilityTests {

  private static final JoinKey ORIGIN = new JoinKey("origin", FeatureType.STRING);
  private static final ServiceDefinition READER =
      new ServiceDefinition(
          "delay",
          List.of(new Projection("weather", Optional.of("w"), List.of("temp"), Map.of())),
          Labels.NONE,
          Optional.empty());

  @Test
  void a_view_may_gain_features_and_lose_unread_ones() {
    assertThat(
            change(
                view(Kind.BATCH, "temp:DOUBLE", "wind:INT64"),
                document("temp:DOUBLE", "rain:FLOAT"),
                ORIGIN))
        .isEmpty();
  }

  @Test
  void a_view_keeps_what_a_service_reads() {
    assertThat(
            change(view(Kind.BATCH, "temp:DOUBLE", "wind:INT64"), document("wind:INT64"), ORIGIN))
        .contains("FeatureInUse");
  }

  @Test
  void a_feature_keeps_its_type() {
    assertThat(change(view(Kind.BATCH, "temp:DOUBLE"), document("temp:FLOAT"), ORIGIN))
        .contains("TypeChanged");
  }

  @Test
  void a_view_keeps_its_key_by_name_and_type_but_not_by_order() {
    JoinKey hour = new JoinKey("hour", FeatureType.INT64);
    ViewDefinition two = view(Kind.BATCH, List.of(ORIGIN, hour), "temp:DOUBLE");

    assertThat(change(two, document("temp:DOUBLE"), hour, ORIGIN)).isEmpty();
    assertThat(change(two, document("temp:DOUBLE"), ORIGIN)).contains("JoinKeyChanged");
    assertThat(change(two, document("temp:DOUBLE"), ORIGIN, new JoinKey("hour", FeatureType.INT32)))
        .contains("JoinKeyChanged");
    assertThat(change(two, document("temp:DOUBLE"))).contains("JoinKeyChanged");
  }

  @Test
  void a_view_of_another_form_is_not_taken_over() {
    assertThat(change(view(Kind.ON_DEMAND, "temp:DOUBLE"), document("temp:DOUBLE"), ORIGIN))
        .contains("KindChanged");
    assertThat(change(view(Kind.STREAM, "temp:DOUBLE"), document("temp:DOUBLE"), ORIGIN))
        .contains("KindChanged");
  }

  @Test
  void an_entity_keeps_its_key_while_a_view_is_stored_by_it() {
    EntityDefinition old = new EntityDefinition("place", "origin", FeatureType.STRING, Labels.NONE);
    List<ViewDefinition> views = List.of(view(Kind.BATCH, "temp:DOUBLE"));

    assertThat(Compatibility.ofEntity("place", old, entity("origin", FeatureType.STRING), views))
        .isEmpty();
    assertThat(Compatibility.ofEntity("place", old, entity("origin", FeatureType.INT64), views))
        .isPresent();
    assertThat(Compatibility.ofEntity("place", old, entity("zip", FeatureType.STRING), views))
        .isPresent();
    assertThat(Compatibility.ofEntity("place", old, entity("zip", FeatureType.STRING), List.of()))
        .isEmpty();
  }

  private static Optional<String> change(ViewDefinition old, ViewDocument wanted, JoinKey... keys) {
    return Compatibility.ofView("weather", old, wanted, List.of(keys), List.of(READER))
        .map(Refusal::reason);
  }

  private static ViewDefinition view(Kind kind, String... features) {
    return view(kind, List.of(ORIGIN), features);
  }

  private static ViewDefinition view(Kind kind, List<JoinKey> keys, String... features) {
    return new ViewDefinition(
        "weather",
        kind,
        Optional.empty(),
        List.of("place"),
        keys,
        Arrays.stream(features)
            .map(f -> f.split(":", -1))
            .map(f -> new Feature(f[0], FeatureType.valueOf(f[1]), "", Map.of()))
            .toList(),
        Duration.ZERO,
        true,
        Optional.empty(),
        Labels.NONE,
        Optional.empty(),
        Optional.empty());
  }

  private static ViewDocument document(String... features) {
    return new ViewDocument(
        "weather",
        List.of("place"),
        Arrays.stream(features)
            .map(f -> f.split(":", -1))
            .map(
                f ->
                    new FeatureDocument(
                        f[0], FeatureType.valueOf(f[1]), Optional.empty(), Optional.empty()))
            .toList(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static EntityDocument entity(String joinKey, FeatureType type) {
    return new EntityDocument(joinKey, type, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
