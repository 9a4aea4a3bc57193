package ai.matih.ml.features.catalog;

import static ai.matih.ml.features.InMemoryFeatures.TENANT;
import static ai.matih.ml.features.InMemoryFeatures.entity;
import static ai.matih.ml.features.InMemoryFeatures.source;
import static ai.matih.ml.features.InMemoryFeatures.view;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.features.InMemoryFeatures;
import ai.matih.ml.features.catalog.Declaration.Kind;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.EntityDefinition;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.Labels;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogueTests {

  private final InMemoryFeatures features = new InMemoryFeatures();
  private final Catalogue catalogue = new Catalogue(features, features);

  @Test
  void what_is_declared_lies_over_what_feast_has() {
    features.observed =
        new Definitions(
            "acme",
            "1",
            Map.of("driver", new EntityDefinition("driver", "id", FeatureType.INT64, Labels.NONE)),
            Map.of(),
            Map.of(),
            Map.of());
    features.store("trips", source("s3://datasets/acme/trips.parquet"), 0, "user:ada");
    features.store(
        "trips", view("trips", List.of("driver"), Map.of("seats", FeatureType.INT64)), 0, "x");

    Catalogue.Contents contents = catalogue.read(TENANT);

    assertThat(contents.definitions().views().get("trips"))
        .satisfies(
            view ->
                assertThat(view.joinKeys()).containsExactly(new JoinKey("id", FeatureType.INT64)));
    assertThat(contents.declaration(Kind.VIEW, "trips")).isPresent();
    assertThat(contents.declaration(Kind.ENTITY, "driver")).isEmpty();
  }

  @Test
  void a_declared_entity_replaces_feasts() {
    features.store("driver", entity("driver_id", FeatureType.STRING), 0, "user:ada");

    assertThat(catalogue.read(TENANT).definitions().entities().get("driver"))
        .satisfies(driver -> assertThat(driver.joinKey()).isEqualTo("driver_id"));
  }
}
