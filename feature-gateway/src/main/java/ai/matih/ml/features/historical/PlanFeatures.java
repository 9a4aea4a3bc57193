package ai.matih.ml.features.historical;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.SourceDefinition;
import ai.matih.ml.features.definition.SourceSettings;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import ai.matih.ml.features.historical.TrainingPlan.PlannedFeature;
import ai.matih.ml.features.historical.TrainingPlan.PlannedView;
import ai.matih.ml.features.online.FeatureSelection;
import java.util.List;
import java.util.Optional;

/** Says from which files the asked features come, for a join outside of this service. */
public final class PlanFeatures {

  private static final int MAX_FEATURES = 5000;

  private final DefinitionsSource definitions;
  private final SourceSettings sources;

  public PlanFeatures(DefinitionsSource definitions, SourceSettings sources) {
    this.definitions = definitions;
    this.sources = sources;
  }

  public TrainingPlan plan(
      Tenant tenant, Optional<List<String>> features, Optional<String> featureService) {
    FeatureSelection selection =
        FeatureSelection.find(definitions.fresh(tenant), features, featureService, MAX_FEATURES);
    return new TrainingPlan(
        tenant.feastProject(),
        selection.parts().stream().map(part -> planned(tenant, part)).toList());
  }

  private PlannedView planned(Tenant tenant, FeatureSelection.Part part) {
    String own = sources.folder(tenant);
    SourceDefinition source =
        part.view()
            .source()
            .filter(s -> s.uri().filter(uri -> uri.startsWith(own)).isPresent())
            .orElseThrow(
                () ->
                    new Problem(
                            FeaturesError.NOT_PLANNABLE,
                            "The view "
                                + part.view().name()
                                + " has no source under "
                                + own
                                + ", so it cannot be joined.")
                        .with("view", part.view().name()));
    return new PlannedView(
        part.shownName(),
        source.uri().orElseThrow(),
        source.timestampColumn(),
        source.createdTimestampColumn(),
        part.view().ttl().toSeconds(),
        part.view().joinKeys().stream().map(JoinKey::name).toList(),
        part.features().stream()
            .map(f -> new PlannedFeature(f.name(), source.columnOf(f.name()), f.type()))
            .toList());
  }
}
