package ai.matih.ml.serving.prediction;

import ai.matih.ml.serving.prediction.FeatureRow.Absence;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The features that one row needed from the feature store and did not get.
 *
 * @param row its place in the request; the first is 0
 * @param entity the values of its join keys
 * @param features by reference
 */
public record AbsentFeatures(
    int row, SortedMap<String, Object> entity, SortedMap<String, Absence> features) {

  /** As a sentence for people. */
  String inWords() {
    String key =
        entity.entrySet().stream()
            .map(value -> value.getKey() + " " + value.getValue())
            .collect(Collectors.joining(", "));
    String what =
        features.entrySet().stream()
            .map(feature -> feature.getKey() + " " + feature.getValue().inWords())
            .collect(Collectors.joining(", "));
    return "Row %d (%s): %s.".formatted(row, key, what);
  }

  /** As a fact for programs, in the form that answers have too. */
  public Map<String, Object> asParam() {
    SortedMap<String, String> statuses = new TreeMap<>();
    features.forEach((reference, absence) -> statuses.put(reference, absence.wireName()));
    return Map.of("row", row, "entity", entity, "features", statuses);
  }
}
