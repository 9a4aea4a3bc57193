package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.ColumnType;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The type of one CSV column and how its cells become values: declared, or the narrowest type that
 * holds every cell exactly.
 *
 * @param cells its place in the text form, {@code c0} and so on
 * @param kinds all kinds that its cells have
 * @param absent cells that are missing, and cells that are missing unless it is a text column
 */
record CsvColumn(
    String name,
    String cells,
    Set<CellKind> kinds,
    Absent absent,
    ColumnType type,
    boolean declared) {

  record Absent(long marks, long blanks) {}

  static CsvColumn of(
      String name,
      String cells,
      Set<CellKind> kinds,
      Absent absent,
      Optional<ColumnType> declared) {
    ColumnType type = declared.orElseGet(() -> guess(values(kinds)));
    return new CsvColumn(name, cells, kinds, absent, type, declared.isPresent());
  }

  /** The same column, kept as text. */
  CsvColumn asText() {
    return new CsvColumn(name, cells, kinds, absent, ColumnType.STRING, declared);
  }

  /** The kinds of cells that hold a value. */
  Set<CellKind> values() {
    return values(kinds);
  }

  private static Set<CellKind> values(Set<CellKind> kinds) {
    Set<CellKind> values = EnumSet.copyOf(kinds);
    values.removeAll(CellKind.EMPTY);
    return values;
  }

  /** Rows without a value, by the count of kinds. */
  long missing() {
    return type == ColumnType.STRING ? absent.marks() : absent.marks() + absent.blanks();
  }

  private static ColumnType guess(Set<CellKind> values) {
    if (values.isEmpty()) {
      return ColumnType.STRING;
    }
    if (values.equals(EnumSet.of(CellKind.TRUTH))) {
      return ColumnType.BOOLEAN;
    }
    if (CellKind.LONGS.containsAll(values)) {
      return ColumnType.LONG;
    }
    if (CellKind.DOUBLES.containsAll(values)) {
      return ColumnType.DOUBLE;
    }
    if (values.equals(EnumSet.of(CellKind.DATE))) {
      return ColumnType.DATE;
    }
    return CellKind.LOCAL_TIMES.containsAll(values) || CellKind.ZONED_TIMES.containsAll(values)
        ? ColumnType.TIMESTAMP
        : ColumnType.STRING;
  }

  /** Whether the cells are read as points in time with parts of a second below a millionth. */
  boolean hasNanoseconds() {
    return type == ColumnType.TIMESTAMP
        && (kinds.contains(CellKind.TIMESTAMP_NANOS) || kinds.contains(CellKind.ZONED_NANOS));
  }

  private boolean zoned() {
    return kinds.contains(CellKind.ZONED) || kinds.contains(CellKind.ZONED_NANOS);
  }

  /** SQL for the value of a cell; null for a missing one, and for one that does not fit. */
  String value() {
    return switch (type) {
      case STRING -> cells;
      case BOOLEAN -> only(EnumSet.of(CellKind.TRUTH), "boolean");
      case LONG -> declared ? function("as_long") : number("bigint");
      case DOUBLE ->
          declared
              ? function("as_double")
              : kinds.contains(CellKind.BLANK)
                  ? "nullif(" + number("double") + ", 'nan'::double)"
                  : number("double");
      case DATE -> only(EnumSet.of(CellKind.DATE), "date");
      case TIMESTAMP ->
          only(
              zoned() ? CellKind.ZONED_TIMES : CellKind.LOCAL_TIMES,
              (zoned() ? "timestamptz" : "timestamp") + (hasNanoseconds() ? "_ns" : ""));
      case OTHER -> throw new IllegalStateException("no CSV column is of another type");
    };
  }

  /** What a declared column wants, in words. */
  String expected() {
    return switch (type) {
      case BOOLEAN -> "true or false";
      case LONG -> "a whole number of 64 bits";
      case DOUBLE -> "a number with a decimal point";
      case DATE -> "a date such as 2024-12-31";
      case TIMESTAMP ->
          zoned()
              ? "a timestamp with a zone, such as 2024-12-31T10:00:00Z, as other rows have"
              : "a timestamp such as 2024-12-31T10:00:00";
      case STRING, OTHER -> "a text";
    };
  }

  private String only(Set<CellKind> wanted, String sqlType) {
    return !declared
        ? cast(sqlType)
        : "case when cell(%s) & %d <> 0 then %s end"
            .formatted(cells, CellKind.bits(wanted), cast(sqlType));
  }

  private String cast(String sqlType) {
    return "try_cast(bare(%s) as %s)".formatted(cells, sqlType);
  }

  /** Casts to numbers pass over spaces by themselves. */
  private String number(String sqlType) {
    return "try_cast(%s as %s)".formatted(cells, sqlType);
  }

  private String function(String name) {
    return name + "(" + cells + ")";
  }

  /** Functions of SQL for declared numbers, which may be written in more ways than guessed ones. */
  static String[] macros() {
    return new String[] {
      "create macro as_long(v) as case when %s then try_cast(regexp_replace(bare(v), '\\.0*$', '') as bigint) end"
          .formatted(CellKind.matches("[-+]?[0-9]+(\\.0*)?")),
      "create macro as_double(v) as case when cell(v) = %d then null when cell(v) = %d or %s then try_cast(bare(v) as double) end"
          .formatted(
              CellKind.OUT_OF_RANGE.bit(),
              CellKind.INFINITE.bit(),
              CellKind.matches("[-+]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?"))
    };
  }
}
