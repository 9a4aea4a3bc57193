package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.bundle.ColumnName;
import ai.matih.ml.training.dataset.UnreadableTable;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Rules for the names of a table's columns, the same for every format. */
final class ColumnNames {

  private ColumnNames() {}

  static void check(List<String> names, int maxColumns) throws UnreadableTable {
    if (names.size() > maxColumns) {
      throw new UnreadableTable(
          "The table has %d columns; up to %d are taken.".formatted(names.size(), maxColumns));
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.isBlank()) {
        throw new UnreadableTable(
            "Column %d has no name.".formatted(i + 1)
                + (i == 0
                    ? " If it holds row names, write the file without them (index=False in pandas, row.names=FALSE in R) or give them a name."
                    : ""));
      }
      if (!ColumnName.isValid(name)) {
        throw new UnreadableTable("The name of column %d %s.".formatted(i + 1, ColumnName.RULE));
      }
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new UnreadableTable(
            "Two columns are called '%s' (upper and lower case do not make a difference)."
                .formatted(name));
      }
    }
  }
}
