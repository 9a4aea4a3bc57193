package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.Column.TypeSource;
import ai.matih.ml.training.dataset.ColumnType;
import ai.matih.ml.training.dataset.TypeDeclarations;
import ai.matih.ml.training.dataset.UnreadableTable;
import ai.matih.ml.training.dataset.duckdb.CsvColumn.Absent;
import ai.matih.ml.training.dataset.duckdb.GuessNote.Occurrence;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Converts a CSV file to Parquet by our own rules. All values are read as text first; the type of a
 * column follows from all of its cells, so it does not depend on the order of the rows.
 */
final class CsvConversion {

  private static final int COLUMNS_PER_QUERY = 20;

  /** Bounds the memory of one row group, however wide the table is. */
  private static final int CELLS_PER_ROW_GROUP = 4_000_000;

  private final Reader reader;
  private final CsvFile file;
  private final Path text;

  /**
   * @param text where the text form goes
   */
  CsvConversion(Reader reader, CsvFile file, Path text) throws SQLException {
    this.reader = reader;
    this.file = file;
    this.text = text;
    for (String macro : CellKind.macros()) {
      reader.run(macro);
    }
    for (String macro : CsvColumn.macros()) {
      reader.run(macro);
    }
  }

  /** A column of the converted file. */
  record Converted(TypeSource source, long missing, Optional<String> note) {}

  /** Reads the file as text; what is no CSV file fails here. */
  void readText() throws SQLException {
    write(
        "select * from read_csv(%s, %s)".formatted(Reader.quoted(file.path()), file.options()),
        text);
  }

  List<Converted> convert(TypeDeclarations declared, Path target)
      throws SQLException, UnreadableTable {
    List<CsvColumn> columns = look(declared);
    for (CsvColumn column : columns) {
      if (column.declared()) {
        requireFit(column);
      }
    }
    List<String> values = new ArrayList<>();
    for (CsvColumn column : columns) {
      values.add(column.value() + " as " + Reader.identifier(column.name()));
    }
    write("select %s from %s".formatted(String.join(", ", values), cells()), target);
    Map<CsvColumn, String> notes = notes(columns);
    return columns.stream()
        .map(
            column ->
                new Converted(
                    column.declared() ? TypeSource.DECLARED : TypeSource.GUESSED,
                    column.missing(),
                    Optional.ofNullable(notes.get(column))))
        .toList();
  }

  private List<CsvColumn> look(TypeDeclarations declared) throws SQLException {
    List<CsvColumn> columns = new ArrayList<>();
    int count = file.names().size();
    for (int from = 0; from < count; from += COLUMNS_PER_QUERY) {
      int to = Math.min(count, from + COLUMNS_PER_QUERY);
      columns.addAll(look(declared, from, to));
    }
    return columns;
  }

  private List<CsvColumn> look(TypeDeclarations declared, int from, int to) throws SQLException {
    List<String> kinds = new ArrayList<>();
    List<String> sums = new ArrayList<>();
    for (int i = from; i < to; i++) {
      kinds.add("cell(c%1$d) as k%1$d".formatted(i));
      sums.add(
          "bit_or(k%1$d), count(*) filter (where k%1$d = %2$d), count(*) filter (where k%1$d = %3$d)"
              .formatted(i, CellKind.MISSING.bit(), CellKind.BLANK.bit()));
    }
    List<CsvColumn> columns =
        reader
            .query(
                "select %s from (select %s from %s)"
                    .formatted(String.join(", ", sums), String.join(", ", kinds), cells()),
                row -> {
                  List<CsvColumn> found = new ArrayList<>();
                  for (int i = from; i < to; i++) {
                    int at = 3 * (i - from) + 1;
                    found.add(
                        CsvColumn.of(
                            file.names().get(i),
                            "c" + i,
                            CellKind.of(row.getInt(at)),
                            new Absent(row.getLong(at + 1), row.getLong(at + 2)),
                            declared.of(file.names().get(i))));
                  }
                  return found;
                })
            .getFirst();
    List<CsvColumn> checked = new ArrayList<>();
    for (CsvColumn column : columns) {
      checked.add(withinNanoseconds(column));
    }
    return checked;
  }

  /** Nanoseconds reach from 1677 to 2262: a guess that some cell does not fit is none. */
  private CsvColumn withinNanoseconds(CsvColumn column) throws SQLException {
    return !column.declared() && column.hasNanoseconds() && firstUnfit(column).isPresent()
        ? column.asText()
        : column;
  }

  private void requireFit(CsvColumn column) throws SQLException, UnreadableTable {
    Optional<Long> row = column.type() == ColumnType.STRING ? Optional.empty() : firstUnfit(column);
    if (row.isPresent()) {
      long line =
          Objects.requireNonNull(file.lines(new TreeSet<>(List.of(row.get()))).get(row.get()));
      throw new UnreadableTable(
          "Line %d of column '%s', which is declared as %s, does not hold %s."
              .formatted(line, column.name(), column.type().word(), column.expected()),
          Map.of("line", line, "column", column.name(), "expected", column.type().word()));
    }
  }

  private Optional<Long> firstUnfit(CsvColumn column) throws SQLException {
    return reader
        .query(
            "select min(file_row_number) from %s where cell(%s) & %d = 0 and (%s) is null"
                .formatted(cells(), column.cells(), CellKind.bits(CellKind.EMPTY), column.value()),
            row -> Optional.ofNullable((Long) row.getObject(1)))
        .getFirst();
  }

  private Map<CsvColumn, String> notes(List<CsvColumn> columns) throws SQLException {
    Map<CsvColumn, GuessNote> notes = new HashMap<>();
    NavigableSet<Long> rows = new TreeSet<>();
    for (CsvColumn column : columns) {
      if (GuessNote.isWanted(column)) {
        GuessNote.of(occurrences(column))
            .ifPresent(
                note -> {
                  notes.put(column, note);
                  note.row().ifPresent(rows::add);
                });
      }
    }
    Map<Long, Long> lines = file.lines(rows);
    Map<CsvColumn, String> texts = new HashMap<>();
    notes.forEach(
        (column, note) ->
            texts.put(column, note.text(row -> Objects.requireNonNull(lines.get(row)))));
    return texts;
  }

  private List<Occurrence> occurrences(CsvColumn column) throws SQLException {
    return reader.query(
        "select cell(%1$s) as kind, count(*), min(file_row_number) from %2$s where cell(%1$s) & %3$d = 0 group by kind"
            .formatted(column.cells(), cells(), CellKind.bits(CellKind.EMPTY)),
        row ->
            new Occurrence(
                CellKind.of(row.getInt(1)).iterator().next(), row.getLong(2), row.getLong(3)));
  }

  private String cells() {
    return "read_parquet(%s, file_row_number = true)".formatted(Reader.quoted(text));
  }

  private void write(String select, Path target) throws SQLException {
    int rows = Math.clamp(CELLS_PER_ROW_GROUP / file.names().size(), 2_048, 100_000);
    reader.run(
        "copy (%s) to %s (format parquet, compression zstd, row_group_size %d)"
            .formatted(select, Reader.quoted(target), rows));
  }
}
