package ai.matih.ml.features.historical;

import static ai.matih.ml.features.InMemoryFeatures.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.InMemoryFeatures;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.Feature;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.Labels;
import ai.matih.ml.features.definition.SourceDefinition;
import ai.matih.ml.features.definition.SourceSettings;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import ai.matih.ml.features.historical.TrainingPlan.PlannedFeature;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanFeaturesTests {

  private final InMemoryFeatures features = new InMemoryFeatures();
  private final PlanFeatures plans = new PlanFeatures(features, new SourceSettings("warehouse"));

  @Test
  void a_plan_names_the_file_the_columns_and_the_types_that_are_served() {
    declare("s3://warehouse/acme/trips.parquet");

    TrainingPlan plan = plans.plan(TENANT, Optional.of(List.of("trips:seats")), Optional.empty());

    assertThat(plan.views())
        .singleElement()
        .satisfies(
            view -> {
              assertThat(view.sourceUri()).isEqualTo("s3://warehouse/acme/trips.parquet");
              assertThat(view.ttlSeconds()).isEqualTo(60);
              assertThat(view.joinKeys()).containsExactly("driver");
              assertThat(view.features())
                  .containsExactly(new PlannedFeature("seats", "SEATS", FeatureType.INT64));
            });
  }

  @Test
  void a_source_in_another_bucket_or_of_another_tenant_is_not_joined() {
    for (String uri : List.of("s3://datasets/acme/trips.parquet", "s3://warehouse/b/t.parquet")) {
      declare(uri);

      Problem refused =
          catchThrowableOfType(
              Problem.class,
              () -> plans.plan(TENANT, Optional.of(List.of("trips:seats")), Optional.empty()));

      assertThat(refused.error()).isEqualTo(FeaturesError.NOT_PLANNABLE);
      assertThat(refused.detail()).contains("s3://warehouse/acme/");
    }
  }

  private void declare(String uri) {
    features.observed =
        new Definitions(
            "acme",
            uri,
            Map.of(),
            Map.of(),
            Map.of(
                "trips",
                new ViewDefinition(
                    "trips",
                    ViewDefinition.Kind.BATCH,
                    Optional.of(
                        new SourceDefinition(
                            "trips",
                            Optional.of(uri),
                            "at",
                            Optional.empty(),
                            Map.of("SEATS", "seats"),
                            Labels.NONE)),
                    List.of("driver"),
                    List.of(new JoinKey("driver", FeatureType.INT64)),
                    List.of(new Feature("seats", FeatureType.INT64, "", Map.of())),
                    Duration.ofMinutes(1),
                    true,
                    Optional.empty(),
                    Labels.NONE,
                    Optional.empty(),
                    Optional.empty())),
            Map.of());
  }
}
