package ai.matih.ml.training.job;

import ai.matih.ml.bundle.ColumnName;
import ai.matih.ml.training.algorithm.Algorithm;
import ai.matih.ml.training.algorithm.Task;
import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.ColumnType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What each column of a training job may be. Columns of uploaded tables are held against their
 * types; what a file on the store or a feature service has is only known to the job.
 */
final class ColumnRules {

  private static final Set<String> FEATURES =
      words(ColumnType.LONG, ColumnType.DOUBLE, ColumnType.STRING, ColumnType.BOOLEAN);
  private static final Set<String> NUMBERS = words(ColumnType.LONG, ColumnType.DOUBLE);
  private static final Set<String> TIMES =
      words(ColumnType.TIMESTAMP, ColumnType.DATE, ColumnType.STRING);

  private final @Nullable SourceTable table;
  private final Violations violations;

  /**
   * @param table null when it was refused
   */
  ColumnRules(@Nullable SourceTable table, Violations violations) {
    this.table = table;
    this.violations = violations;
  }

  private static Set<String> words(ColumnType... types) {
    return Stream.of(types).map(ColumnType::word).collect(Collectors.toUnmodifiableSet());
  }

  /** The target, of a kind that fits the task. */
  String target(Optional<String> value, @Nullable Task task) {
    String name = name("target_column", value);
    Optional<Column> column = known("target_column", name);
    if (column.isPresent() && task != null) {
      String type = column.get().type();
      if (task == Task.REGRESSION && !NUMBERS.contains(type)) {
        violations.add(
            "target_column",
            "'%s' is a %s column; regression needs numbers. For classes set task to classification"
                .formatted(name, type));
      } else if (task == Task.CLASSIFICATION && !FEATURES.contains(type)) {
        violations.add(
            "target_column", "'%s' is a %s column, which cannot be a class".formatted(name, type));
      }
    }
    return name;
  }

  /** A column that says when something happened. */
  void time(String field, Optional<String> value) {
    String name = name(field, value);
    known(field, name)
        .filter(column -> !TIMES.contains(column.type()))
        .ifPresent(
            column ->
                violations.add(
                    field,
                    "'%s' is a %s column and holds no times".formatted(name, column.type())));
  }

  private String name(String field, Optional<String> value) {
    String name = value.orElse("");
    if (name.isBlank()) {
      violations.add(field, "is required");
    } else if (!ColumnName.isValid(name)) {
      violations.add(field, ColumnName.RULE);
    }
    return name;
  }

  /** The column where the table's columns are known; one that is none of them is a fault. */
  private Optional<Column> known(String field, String name) {
    if (table == null || name.isBlank()) {
      return Optional.empty();
    }
    if (table.lacks(name)) {
      violations.add(field, table.unknown(name));
    }
    return table.column(name);
  }

  /** The columns to learn from; empty when the job shall take all that can be. */
  Optional<List<String>> features(JobRequest request, String target) {
    if (request.featureColumns().isEmpty()) {
      return Optional.empty();
    }
    List<String> columns = request.featureColumns().get();
    if (columns.isEmpty() || columns.size() > 5_000) {
      violations.add("feature_columns", "must name 1 to 5000 columns");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < columns.size(); i++) {
      String field = "feature_columns[" + i + "]";
      String column = columns.get(i);
      if (column == null || column.isBlank()) {
        violations.add(field, "must be the name of a column");
      } else if (!seen.add(column)) {
        violations.add(field, "names '" + column + "' twice");
      } else if (column.equals(target)) {
        violations.add(field, "is the target");
      } else {
        feature(field, column);
      }
    }
    return Optional.of(columns);
  }

  /** How much each row counts; neither the target nor learned from. */
  Optional<String> weight(JobRequest request, String target) {
    Optional<String> asked = request.weightColumn();
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    String field = "weight_column";
    String name = name(field, asked);
    if (name.equals(target)) {
      violations.add(field, "is the target");
    } else if (request.featureColumns().orElse(List.of()).contains(name)) {
      violations.add(field, "is one of feature_columns; weights are not learned from");
    } else {
      known(field, name)
          .filter(column -> !NUMBERS.contains(column.type()))
          .ifPresent(
              column ->
                  violations.add(
                      field,
                      "'%s' is a %s column; weights are numbers".formatted(name, column.type())));
    }
    return asked;
  }

  /** What is made of columns of texts, of what the algorithm can. */
  Map<String, String> encodings(
      JobRequest request, Optional<List<String>> features, @Nullable Algorithm algorithm) {
    Map<String, String> asked = request.encodings().orElse(Map.of());
    new TreeMap<>(asked).forEach((name, encoding) -> encoding(name, encoding, features, algorithm));
    return asked;
  }

  private void encoding(
      String name,
      @Nullable String encoding,
      Optional<List<String>> features,
      @Nullable Algorithm algorithm) {
    String field = "encodings." + name;
    if (algorithm != null && (encoding == null || !algorithm.encodings().contains(encoding))) {
      violations.add(
          field,
          "must be one of %s for %s"
              .formatted(String.join(", ", algorithm.encodings()), algorithm.name()));
    }
    Optional<Column> column = table == null ? Optional.empty() : table.column(name);
    if (features.isPresent() && !features.get().contains(name)) {
      violations.add(field, "'%s' is not one of feature_columns".formatted(name));
    } else if (column.isPresent() && !column.get().type().equals(ColumnType.STRING.word())) {
      violations.add(
          field,
          "'%s' is a %s column; only texts have an encoding".formatted(name, column.get().type()));
    } else if (table != null && table.join().isEmpty() && table.lacks(name)) {
      violations.add(field, table.unknown(name));
    }
  }

  private void feature(String field, String name) {
    if (table == null) {
      return;
    }
    Optional<Column> column = table.column(name);
    if (column.isPresent()) {
      if (!FEATURES.contains(column.get().type())) {
        violations.add(
            field, "'%s' is a %s, which cannot be a feature".formatted(name, column.get().type()));
      }
      return;
    }
    Optional<List<String>> joined =
        table.join().map(ColumnRules::joined).orElse(Optional.of(List.of()));
    if (table.version().isPresent() && joined.isPresent() && !joined.get().contains(name)) {
      violations.add(field, unknown(name, joined.get()));
    }
  }

  /** Empty when a feature service knows them. */
  private static Optional<List<String>> joined(TrainingSpecification.Join join) {
    return join.features()
        .map(references -> references.stream().map(SourceRules::featureName).toList());
  }

  private String unknown(String name, List<String> joined) {
    SourceTable known = java.util.Objects.requireNonNull(table);
    if (joined.isEmpty()) {
      return known.unknown(name);
    }
    List<String> names = new ArrayList<>(known.columnNames());
    names.addAll(joined);
    return "'%s' is neither a column of %s nor a joined feature%s"
        .formatted(name, known.source().reference(), ClosestName.hint(name, names));
  }
}
