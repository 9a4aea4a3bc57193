package ai.matih.ml.training.job;

import java.util.List;
import java.util.Optional;

/** From which files and columns features are joined. */
public record FeaturePlan(List<View> views) {

  public FeaturePlan {
    views = List.copyOf(views);
  }

  public record View(
      String name,
      String sourceUri,
      String timestampColumn,
      Optional<String> createdTimestampColumn,
      double ttlSeconds,
      List<String> joinKeys,
      List<Feature> features) {
    public View {
      joinKeys = List.copyOf(joinKeys);
      features = List.copyOf(features);
    }
  }

  public record Feature(String name, String column, Optional<String> type) {}
}
