package ai.matih.ml.features.catalog;

import static ai.matih.ml.features.InMemoryFeatures.TENANT;
import static ai.matih.ml.features.InMemoryFeatures.entity;
import static ai.matih.ml.features.InMemoryFeatures.source;
import static ai.matih.ml.features.InMemoryFeatures.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.InMemoryFeatures;
import ai.matih.ml.features.catalog.Declaration.Kind;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.catalog.FeastDefinitions.Mismatch;
import ai.matih.ml.features.catalog.FeastDefinitions.Named;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.SourceSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeclareDocumentTests {

  private static final String FILE = "s3://warehouse/acme/trips.parquet";
  private static final String DIGEST = "sha256:" + "a".repeat(64);
  private static final ViewDocument TRIPS =
      view("trips", List.of("driver"), Map.of("rate", FeatureType.INT64));

  private final InMemoryFeatures features = new InMemoryFeatures();
  private final DeclareDocument declare =
      new DeclareDocument(
          features,
          features,
          features,
          features,
          new DocumentForm(new SourceSettings("warehouse")));

  @Test
  void a_source_lies_in_the_bucket_of_the_settings() {
    assertThat(declare("trips", source(FILE)).revision()).isEqualTo(1);

    assertThat(refused("trips", source("s3://datasets/acme/trips.parquet")))
        .containsExactly("uri must be dataset:name or a plain path under s3://warehouse/acme/");
  }

  @Test
  void a_source_may_be_a_data_set_and_stays_at_the_version_that_was_current() {
    features.datasets.put("dataset:trips", new Datasets.Version("dataset:trips@" + DIGEST, FILE));

    SourceDocument stored = (SourceDocument) declare("trips", source("dataset:trips")).content();

    assertThat(stored.uri()).isEqualTo(FILE);
    assertThat(stored.dataset()).contains("dataset:trips@" + DIGEST);
    assertThat(refused("trips", source("dataset:nowhere")))
        .containsExactly(
            "uri there is no such data set; upload it to /api/v1/ml/training/datasets/{name}");
    assertThat(refused("trips", source("dataset:Trips!"))).hasSize(1);
  }

  @Test
  void a_data_set_outside_of_the_tenants_folder_does_not_exist() {
    features.datasets.put(
        "dataset:trips", new Datasets.Version("dataset:trips@" + DIGEST, "s3://warehouse/b/x"));

    assertThat(refused("trips", source("dataset:trips"))).hasSize(1);
  }

  @Test
  void a_view_is_held_against_its_source_before_it_is_stored() {
    declare("driver", entity("driver_id", FeatureType.INT64));
    declare("trips", source(FILE));
    features.mismatches =
        List.of(new Mismatch("trips", "features[0].type", "column 'rate' holds double"));

    assertThat(refused("trips", TRIPS))
        .containsExactly("features[0].type column 'rate' holds double");

    assertThat(features.find(Kind.VIEW, "trips")).isEmpty();
    assertThat(features.compared.getLast().stream().map(Named::name))
        .containsExactly("trips", "driver", "trips");
  }

  @Test
  void a_changed_source_is_held_against_every_view_that_uses_it() {
    declare("driver", entity("driver_id", FeatureType.INT64));
    declare("trips", source(FILE));
    declare("fast", TRIPS);
    declare("slow", TRIPS);
    features.mismatches =
        List.of(new Mismatch("slow", "features[0].type", "column 'rate' is gone"));

    assertThat(
            problem(change("trips", source("s3://warehouse/acme/2.parquet"), Optional.of(1L)))
                .violations())
        .extracting(Violation::message)
        .containsExactly("the view slow: column 'rate' is gone");
    assertThat(features.compared.getLast()).hasSize(4);
  }

  @Test
  void a_document_that_did_not_change_is_not_compared_again() {
    declare("driver", entity("driver_id", FeatureType.INT64));
    declare("trips", source(FILE));
    declare("trips", TRIPS);
    features.mismatches = List.of(new Mismatch("trips", "source", "changed meanwhile"));

    assertThat(declare("trips", TRIPS).revision()).isEqualTo(1);
  }

  @Test
  void a_view_is_taken_while_feast_is_away_and_compared_when_it_is_applied() {
    declare("driver", entity("driver_id", FeatureType.INT64));
    declare("trips", source(FILE));
    features.feastIsAway = true;

    assertThat(declare("trips", TRIPS).revision()).isEqualTo(1);
  }

  @Test
  void what_is_missing_is_named_before_anything_is_compared() {
    assertThat(refused("trips", TRIPS))
        .containsExactly(
            "entities[0] there is no entity driver; declare it first",
            "source there is no source trips; declare it first");
    assertThat(features.compared).isEmpty();
  }

  @Test
  void a_change_needs_the_revision_it_is_based_on() {
    declare("trips", source(FILE));

    assertThat(problem(change("trips", source(FILE + "2"), Optional.empty())).error())
        .isEqualTo(CommonError.REVISION_REQUIRED);
    assertThat(problem(change("trips", source(FILE + "2"), Optional.of(7L))).error())
        .isEqualTo(CommonError.STALE_REVISION);
  }

  @Test
  void a_change_that_breaks_stored_values_is_refused_and_recorded() {
    declare("driver", entity("driver_id", FeatureType.INT64));
    declare("trips", source(FILE));
    declare("trips", TRIPS);

    Problem refused =
        problem(
            change(
                "trips",
                view("trips", List.of("driver"), Map.of("rate", FeatureType.STRING)),
                Optional.of(1L)));

    assertThat(refused.error()).isEqualTo(FeaturesError.INCOMPATIBLE_CHANGE);
    assertThat(features.refusals).containsExactly("VIEW/trips: TypeChanged");
  }

  private DeclaredDocument declare(String name, Declaration content) {
    return declare.declare(change(name, content, Optional.empty()));
  }

  private static DeclareDocument.Change change(
      String name, Declaration content, Optional<Long> ifMatch) {
    return new DeclareDocument.Change(TENANT, name, content, ifMatch, "user:ada");
  }

  private Problem problem(DeclareDocument.Change change) {
    return catchThrowableOfType(Problem.class, () -> declare.declare(change));
  }

  private List<String> refused(String name, Declaration content) {
    return problem(change(name, content, Optional.empty())).violations().stream()
        .map(violation -> violation.field() + " " + violation.message())
        .toList();
  }
}
