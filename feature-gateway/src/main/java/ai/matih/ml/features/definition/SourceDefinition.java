package ai.matih.ml.features.definition;

import java.util.Map;
import java.util.Optional;

/**
 * Where a view's history lies.
 *
 * @param uri of a Parquet file or folder; absent for sources that are no files
 * @param fieldMapping column in the file to name in the view, for those that differ
 */
public record SourceDefinition(
    String name,
    Optional<String> uri,
    String timestampColumn,
    Optional<String> createdTimestampColumn,
    Map<String, String> fieldMapping,
    Labels labels) {

  public SourceDefinition {
    fieldMapping = Map.copyOf(fieldMapping);
  }

  /** The file's column that holds a feature. */
  public String columnOf(String feature) {
    return fieldMapping.entrySet().stream()
        .filter(entry -> entry.getValue().equals(feature))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(feature);
  }
}
