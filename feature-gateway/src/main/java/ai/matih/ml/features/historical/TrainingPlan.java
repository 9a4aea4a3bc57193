package ai.matih.ml.features.historical;

import ai.matih.ml.features.definition.FeatureType;
import java.util.List;
import java.util.Optional;

/**
 * From which files and columns a set of features is joined to entity rows.
 *
 * @param project the Feast project
 */
public record TrainingPlan(String project, List<PlannedView> views) {

  public TrainingPlan {
    views = List.copyOf(views);
  }

  /**
   * One file with the features to take from it.
   *
   * @param name under which the view's features appear
   * @param ttlSeconds how old a value may be at the entity row's time; zero means any age
   * @param joinKeys the columns by which the file is joined
   */
  public record PlannedView(
      String name,
      String sourceUri,
      String timestampColumn,
      Optional<String> createdTimestampColumn,
      long ttlSeconds,
      List<String> joinKeys,
      List<PlannedFeature> features) {

    public PlannedView {
      joinKeys = List.copyOf(joinKeys);
      features = List.copyOf(features);
    }
  }

  public record PlannedFeature(String name, String column, FeatureType type) {}
}
