package ai.matih.ml.training.job;

import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.DatasetVersion;
import java.util.List;
import java.util.Optional;

/**
 * The table with the target that a request names.
 *
 * @param version whose columns are known; absent for a file that was put on the store otherwise
 */
record SourceTable(
    JobSpecification.Source source,
    Optional<DatasetVersion> version,
    Optional<TrainingSpecification.Join> join) {

  Optional<Column> column(String name) {
    return version.flatMap(table -> table.column(name));
  }

  List<String> columnNames() {
    return version
        .map(table -> table.columns().stream().map(Column::name).toList())
        .orElse(List.of());
  }

  /** Whether the columns are known and this is none of them. */
  boolean lacks(String name) {
    return version.isPresent() && column(name).isEmpty();
  }

  String unknown(String name) {
    return "'%s' is not a column of %s%s"
        .formatted(name, source.reference(), ClosestName.hint(name, columnNames()));
  }
}
