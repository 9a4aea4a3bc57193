package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.ColumnType;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a Parquet file says of itself, and the values that are missing in it. */
final class ParquetFile {

  private static final int COLUMNS_PER_QUERY = 200;
  private static final int LONGEST_PANDAS = 16 << 20;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Reader reader;
  private final Path path;

  ParquetFile(Reader reader, Path path) {
    this.reader = reader;
    this.path = path;
  }

  /**
   * A column.
   *
   * @param name as the file has it
   * @param readAs what DuckDB calls it: it renames names that differ in case only
   * @param sqlType as DuckDB reads it
   */
  record Field(String name, String readAs, String sqlType, boolean index) {

    String identifier() {
      return Reader.identifier(readAs);
    }

    boolean isReal() {
      return sqlType.equals("DOUBLE") || sqlType.equals("FLOAT");
    }

    /** The kind of the column: the same as {@code kind_of} in {@code dataset.py} finds. */
    ColumnType type() {
      return switch (sqlType) {
        case "BOOLEAN" -> ColumnType.BOOLEAN;
        case "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "HUGEINT" ->
            ColumnType.LONG;
        case "FLOAT", "DOUBLE" -> ColumnType.DOUBLE;
        case "VARCHAR", "JSON" -> ColumnType.STRING;
        case "DATE" -> ColumnType.DATE;
        default -> {
          if (sqlType.endsWith("[]") || sqlType.endsWith("]")) {
            yield ColumnType.OTHER;
          }
          if (sqlType.startsWith("TIMESTAMP")) {
            yield ColumnType.TIMESTAMP;
          }
          yield sqlType.startsWith("DECIMAL") ? ColumnType.DOUBLE : ColumnType.OTHER;
        }
      };
    }
  }

  long rows() throws SQLException {
    return reader
        .query(
            "select coalesce(sum(num_rows), 0) from parquet_file_metadata(%s)".formatted(quoted()),
            row -> row.getLong(1))
        .getFirst();
  }

  List<Field> fields() throws SQLException {
    List<String> names = names();
    Set<String> index = indexNames();
    List<Field> fields = new ArrayList<>();
    reader.query(
        "describe select * from " + source(),
        row ->
            fields.add(
                new Field(
                    names.get(fields.size()),
                    row.getString(1),
                    row.getString(2),
                    index.contains(names.get(fields.size())))));
    return fields;
  }

  /** Rows without a value by field; on the way each page of each column is decoded once. */
  List<Long> missing(List<Field> fields, long rows) throws SQLException {
    List<Long> missing = new ArrayList<>();
    for (int from = 0; from < fields.size(); from += COLUMNS_PER_QUERY) {
      List<String> counts = new ArrayList<>();
      int to = Math.min(fields.size(), from + COLUMNS_PER_QUERY);
      for (Field field : fields.subList(from, to)) {
        counts.add(
            (field.isReal() ? "count(*) filter (where not isnan(%s))" : "count(%s)")
                .formatted(field.identifier()));
      }
      missing.addAll(
          reader
              .query(
                  "select %s from %s".formatted(String.join(", ", counts), source()),
                  row -> {
                    List<Long> absent = new ArrayList<>();
                    for (int i = 1; i <= counts.size(); i++) {
                      absent.add(rows - row.getLong(i));
                    }
                    return absent;
                  })
              .getFirst());
    }
    return missing;
  }

  String source() {
    return "read_parquet(" + quoted() + ")";
  }

  private record Element(String name, int children) {}

  /** The names of the columns alone, without those of their parts. */
  private List<String> names() throws SQLException {
    List<Element> elements =
        reader.query(
            "select name, coalesce(num_children, 0) from parquet_schema(%s)".formatted(quoted()),
            row -> new Element(row.getString(1), row.getInt(2)));
    List<String> names = new ArrayList<>();
    int at = 1;
    while (at < elements.size()) {
      names.add(elements.get(at).name());
      int open = 1;
      while (open > 0 && at < elements.size()) {
        open += elements.get(at).children() - 1;
        at++;
      }
    }
    return names;
  }

  /** The columns that pandas made from the index of a frame. */
  private Set<String> indexNames() throws SQLException {
    List<String> pandas =
        reader.query(
            "select decode(value) from parquet_kv_metadata(%s) where key = 'pandas'::blob and octet_length(value) < %d"
                .formatted(quoted(), LONGEST_PANDAS),
            row -> row.getString(1));
    Set<String> names = new HashSet<>();
    for (String text : pandas) {
      try {
        for (JsonNode column : JSON.readTree(text).path("index_columns")) {
          if (column.isString()) {
            names.add(column.asString());
          }
        }
      } catch (JacksonException _) {
        // Not what pandas writes, so nothing is said of an index.
      }
    }
    return names;
  }

  private String quoted() {
    return Reader.quoted(path);
  }
}
