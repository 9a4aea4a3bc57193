package ai.matih.ml.training.dataset;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The types that a caller declares for columns of a CSV file, by the column's name. */
public record TypeDeclarations(NavigableMap<String, ColumnType> byColumn) {

  /** The query parameter that carries one declaration. */
  public static final String PARAMETER = "type";

  public static final TypeDeclarations NONE = new TypeDeclarations(new TreeMap<>());

  public TypeDeclarations {
    byColumn = Collections.unmodifiableNavigableMap(new TreeMap<>(byColumn));
  }

  /**
   * Reads {@code column:type}; the last colon splits, so a column's name may hold colons.
   *
   * @throws Problem naming every declaration that cannot be read
   */
  public static TypeDeclarations parse(List<String> texts) {
    NavigableMap<String, ColumnType> types = new TreeMap<>();
    List<Violation> violations = new ArrayList<>();
    for (String text : texts) {
      int colon = text.lastIndexOf(':');
      Optional<ColumnType> type = ColumnType.declarable(text.substring(colon + 1));
      if (colon < 1 || type.isEmpty()) {
        violations.add(
            new Violation(
                PARAMETER,
                "'%s' must look like column:type, with one of the types %s"
                    .formatted(text, String.join(", ", ColumnType.declarableWords()))));
      } else if (types.put(text.substring(0, colon), type.get()) != null) {
        violations.add(
            new Violation(
                PARAMETER, "declares column '%s' twice".formatted(text.substring(0, colon))));
      }
    }
    if (!violations.isEmpty()) {
      throw Problem.invalid(violations);
    }
    return new TypeDeclarations(types);
  }

  public boolean isEmpty() {
    return byColumn.isEmpty();
  }

  public Optional<ColumnType> of(String column) {
    return Optional.ofNullable(byColumn.get(column));
  }

  /**
   * @throws Problem naming every declared column that the table has not
   */
  public void checkColumns(List<String> names) {
    List<Violation> violations =
        byColumn.keySet().stream()
            .filter(name -> !names.contains(name))
            .map(name -> new Violation(PARAMETER, "the file has no column '%s'".formatted(name)))
            .toList();
    if (!violations.isEmpty()) {
      throw Problem.invalid(violations);
    }
  }

  /** One line per declaration, in the order of the names: a part of a version's identity. */
  String canonical() {
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, ColumnType> entry : byColumn.entrySet()) {
      lines.append(entry.getKey()).append(':').append(entry.getValue().word()).append('\n');
    }
    return lines.toString();
  }
}
