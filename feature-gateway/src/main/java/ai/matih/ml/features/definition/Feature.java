package ai.matih.ml.features.definition;

import java.util.Map;

/** One column of a view. */
public record Feature(String name, FeatureType type, String description, Map<String, String> tags) {
  public Feature {
    tags = Map.copyOf(tags);
  }
}
