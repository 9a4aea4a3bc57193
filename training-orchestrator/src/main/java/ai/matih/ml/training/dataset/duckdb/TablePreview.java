package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.Preview;
import ai.matih.ml.training.dataset.Preview.Frequency;
import ai.matih.ml.training.dataset.Preview.Statistics;
import ai.matih.ml.training.dataset.duckdb.ParquetFile.Field;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** First rows and statistics of a stored table. */
final class TablePreview {

  private static final int TOP_VALUES = 10;

  private final Reader reader;
  private final ParquetFile file;
  private final List<Column> columns;
  private final List<Field> fields;

  /**
   * @param columns of the version, in the order of the file
   */
  TablePreview(Reader reader, ParquetFile file, List<Column> columns) throws SQLException {
    this.reader = reader;
    this.file = file;
    this.columns = columns;
    this.fields = file.fields();
  }

  Preview of(int rows) throws SQLException {
    List<Statistics> statistics = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      statistics.add(statistics(columns.get(i), fields.get(i)));
    }
    return new Preview(first(rows), statistics);
  }

  private List<Map<String, Object>> first(int rows) throws SQLException {
    List<String> shown = new ArrayList<>();
    for (Field field : fields) {
      shown.add(shown(field, field.identifier()));
    }
    return reader.query(
        "select %s from %s limit %d".formatted(String.join(", ", shown), file.source(), rows),
        row -> {
          Map<String, Object> record = new LinkedHashMap<>();
          for (int i = 0; i < fields.size(); i++) {
            Object value = value(row, i + 1);
            if (value != null) {
              record.put(columns.get(i).name(), value);
            }
          }
          return record;
        });
  }

  private Statistics statistics(Column column, Field field) throws SQLException {
    String name = field.identifier();
    boolean number = isNumber(field);
    boolean ordered = isOrdered(field);
    boolean known = ordered || isWord(field);
    String present =
        "from %s where %s is not null%s"
            .formatted(file.source(), name, field.isReal() ? " and not isnan(" + name + ")" : "");
    List<Frequency> top =
        isWord(field)
            ? reader.query(
                // By position: an alias would mean the table's own column of that name, if it has
                // one.
                "select %s, count(*) %s group by %s order by 2 desc, %s limit %d"
                    .formatted(shown(field, name), present, name, name, TOP_VALUES),
                row -> new Frequency(Objects.requireNonNull(value(row, 1)), row.getLong(2)))
            : List.of();
    return reader
        .query(
            "select count(*), %s, %s, %s, %s %s"
                .formatted(
                    known ? "approx_count_distinct(" + name + ")" : "null",
                    ordered ? shown(field, "min(" + name + ")") : "null",
                    ordered ? shown(field, "max(" + name + ")") : "null",
                    number
                        ? "avg(%1$s::double) filter (where isfinite(%1$s::double))".formatted(name)
                        : "null",
                    present),
            row ->
                new Statistics(
                    column.name(),
                    column.type(),
                    row.getLong(1),
                    column.missing(),
                    known ? Optional.of(row.getLong(2)) : Optional.empty(),
                    Optional.ofNullable(value(row, 3)),
                    Optional.ofNullable(value(row, 4)),
                    Optional.ofNullable((Double) row.getObject(5)).filter(Double::isFinite),
                    isWord(field) ? Optional.of(top) : Optional.empty()))
        .getFirst();
  }

  private static boolean isNumber(Field field) {
    return switch (field.type()) {
      case LONG, DOUBLE -> true;
      case BOOLEAN, STRING, DATE, TIMESTAMP, OTHER -> false;
    };
  }

  private static boolean isOrdered(Field field) {
    return switch (field.type()) {
      case LONG, DOUBLE, DATE, TIMESTAMP -> true;
      case BOOLEAN, STRING, OTHER -> false;
    };
  }

  private static boolean isWord(Field field) {
    return switch (field.type()) {
      case BOOLEAN, STRING -> true;
      case LONG, DOUBLE, DATE, TIMESTAMP, OTHER -> false;
    };
  }

  /** SQL for a value as JSON can have it. */
  private static String shown(Field field, String value) {
    return switch (field.type()) {
      case BOOLEAN -> value;
      case LONG -> value + "::hugeint";
      case DOUBLE -> value + "::double";
      case DATE -> value + "::varchar";
      case TIMESTAMP ->
          "regexp_replace(replace(%s::varchar, ' ', 'T'), '\\+00$', 'Z')".formatted(value);
      case STRING, OTHER -> "left(%s::varchar, %d)".formatted(value, Preview.LONGEST_TEXT);
    };
  }

  private static @Nullable Object value(ResultSet row, int at) throws SQLException {
    Object value = row.getObject(at);
    if (value instanceof Double number && !Double.isFinite(number)) {
      return Double.isNaN(number) ? null : number.toString();
    }
    return value instanceof BigInteger whole && whole.bitLength() < 64
        ? (Object) whole.longValue()
        : value;
  }
}
