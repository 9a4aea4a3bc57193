package ai.matih.ml.bundle;

import java.util.List;
import java.util.Optional;

/** Which features of the feature store complete a row, and by which keys they are found. */
public record FeatureSource(
    List<String> references, Optional<String> service, List<String> joinKeys) {

  public FeatureSource {
    references = List.copyOf(references);
    joinKeys = List.copyOf(joinKeys);
    for (String reference : references) {
      if (reference.indexOf(':') <= 0 || reference.endsWith(":")) {
        throw new IllegalArgumentException(
            "a feature reference reads view:feature, not " + reference);
      }
    }
  }

  /** The column that a reference fills: the part behind the colon. */
  public static String columnOf(String reference) {
    return reference.substring(reference.indexOf(':') + 1);
  }
}
