package ai.matih.ml.training.dataset.duckdb;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a cell of a CSV file looks like. A cell has the first kind whose condition holds, so the
 * order is a part of the rules; spaces around a number, a date or a truth value do not count.
 */
enum CellKind {
  /** A mark of a missing value, already null when the cells are looked at. */
  MISSING(0, "v is null"),
  /** A whole number that also a double holds exactly. */
  WHOLE(
      1,
      matches("0|-?[1-9][0-9]{0,14}")
          + " or ("
          + matches("-?[1-9][0-9]{15,18}")
          + " and as_hugeint(try_cast(try_cast(bare(v) as bigint) as double)) = try_cast(bare(v) as bigint))"),
  /** A whole number of 64 bits that a double would round. */
  WHOLE_NOT_DOUBLE(
      2, matches("-?[1-9][0-9]{15,18}") + " and try_cast(bare(v) as bigint) is not null"),
  /** A whole number beyond 64 bits, or written with a point, that a double would round. */
  TOO_LONG(
      3,
      matches("-?[1-9][0-9]{15,}(\\.0*)?")
          + " and not coalesce(as_hugeint(try_cast(whole_part(v) as double)) = whole_part(v), false)"),
  /** A number that is infinite or zero as a double although it is not. */
  OUT_OF_RANGE(
      4,
      "(contains(v, 'e') or contains(v, 'E') or length(v) > 300) and "
          + matches(Patterns.REAL)
          + " and (isinf(try_cast(bare(v) as double)) or (try_cast(bare(v) as double) = 0 and regexp_matches(v, '^[^eE]*[1-9]')))"),
  REAL(5, matches(Patterns.REAL)),
  TRUTH(6, "lower(bare(v)) in ('true', 'false')"),
  INFINITE(7, "lower(bare(v)) in ('inf', '-inf', 'infinity', '-infinity')"),
  DATE(8, matches(Patterns.DAY) + Patterns.EXISTS.formatted("date")),
  TIMESTAMP(
      9,
      matches(Patterns.DAY + Patterns.TIME + "(\\.[0-9]{1,6}0{0,3})?")
          + Patterns.EXISTS.formatted("timestamp")),
  TIMESTAMP_NANOS(
      10,
      matches(Patterns.DAY + Patterns.TIME + "\\.[0-9]{7,9}")
          + Patterns.EXISTS.formatted("timestamp_ns")),
  ZONED(
      11,
      matches(Patterns.DAY + Patterns.TIME + "(\\.[0-9]{1,6}0{0,3})?" + Patterns.ZONE)
          + Patterns.EXISTS.formatted("timestamptz")),
  ZONED_NANOS(
      12,
      matches(Patterns.DAY + Patterns.TIME + "\\.[0-9]{7,9}" + Patterns.ZONE)
          + Patterns.EXISTS.formatted("timestamptz_ns")),
  /** Spaces, or a mark with spaces around it: missing among numbers, a text among texts. */
  BLANK(13, "is_mark(bare(v))"),
  /** A whole number as a code has it. */
  LEADING_ZEROS(14, matches("-?0[0-9]+")),
  /** A day whose order of day, month and year is not known, or that does not exist. */
  OTHER_DATE(
      15,
      matches("[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([T ].*)?")
          + " or "
          + matches("[0-9]{1,2}[- ][A-Za-z]{3,9}[-, ]+[0-9]{2,4}")),
  /** A comma for the decimals, or for the thousands: nobody knows. */
  COMMA(16, matches("-?[0-9]+,[0-9]+") + " or " + matches("-?[0-9]{1,3}(\\.[0-9]{3})+(,[0-9]+)?")),
  /** A number with a currency, a per cent sign, a plus, or separated thousands. */
  DECORATED(
      17,
      matches("[-+]?[$€£¥] ?[-+]?[0-9][0-9.,]*")
          + " or "
          + matches("[-+]?[0-9][0-9.,]* ?[%$€£¥]")
          + " or "
          + matches("\\+[0-9][0-9.,]*")
          + " or "
          + matches("-?[0-9]{1,3}(,[0-9]{3})+(\\.[0-9]+)?")),
  TEXT(18, "true");

  /** Missing in a column of numbers, dates or truth values. */
  static final Set<CellKind> EMPTY = EnumSet.of(MISSING, BLANK);

  static final Set<CellKind> LONGS = EnumSet.of(WHOLE, WHOLE_NOT_DOUBLE);
  static final Set<CellKind> DOUBLES = EnumSet.of(WHOLE, REAL, INFINITE);
  static final Set<CellKind> LOCAL_TIMES = EnumSet.of(DATE, TIMESTAMP, TIMESTAMP_NANOS);
  static final Set<CellKind> ZONED_TIMES = EnumSet.of(ZONED, ZONED_NANOS);

  /** Every number that has a form of ours, also one that no type holds exactly. */
  static final Set<CellKind> NUMBERS =
      EnumSet.of(WHOLE, WHOLE_NOT_DOUBLE, TOO_LONG, OUT_OF_RANGE, REAL, INFINITE);

  /** What is null when the file is read as text: what pandas takes for missing by default. */
  static final String MISSING_MARKS =
      "'', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', "
          + "'<NA>', 'N/A', 'NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null'";

  private final int bit;
  private final String condition;

  /**
   * @param place of its bit in a set of kinds
   */
  CellKind(int place, String condition) {
    this.bit = 1 << place;
    this.condition = condition;
  }

  /** The bit of this kind in what {@code cell(v)} answers. */
  int bit() {
    return bit;
  }

  static int bits(Set<CellKind> kinds) {
    return kinds.stream().mapToInt(CellKind::bit).sum();
  }

  static Set<CellKind> of(int bits) {
    return EnumSet.allOf(CellKind.class).stream()
        .filter(kind -> (bits & kind.bit()) != 0)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(CellKind.class)));
  }

  /** Functions of SQL that the conditions and conversions use; {@code cell(v)} answers a bit. */
  static String[] macros() {
    StringBuilder kinds = new StringBuilder("create macro cell(v) as (case");
    for (CellKind kind : values()) {
      kinds.append(" when ").append(kind.condition).append(" then ").append(kind.bit());
    }
    return new String[] {
      "create macro bare(v) as trim(v, ' \t')",
      "create macro is_mark(v) as v in (" + MISSING_MARKS + ")",
      "create macro as_hugeint(d) as try_cast(d as hugeint)",
      "create macro whole_part(v) as try_cast(regexp_replace(bare(v), '\\.0*$', '') as hugeint)",
      kinds.append(" end)::integer").toString()
    };
  }

  /** SQL that holds where the whole cell has this form, spaces around it aside. */
  static String matches(String pattern) {
    return "regexp_full_match(v, '[ \t]*(?:" + pattern + ")[ \t]*')";
  }

  /** Constants of an enum cannot be used by its own values. */
  private static final class Patterns {
    static final String REAL =
        "-?(?:0|[1-9][0-9]*)(?:\\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|-?\\.[0-9]+(?:[eE][-+]?[0-9]+)?";
    static final String DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    static final String TIME = "[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?";
    static final String ZONE = "(?:Z|[-+](?:0[0-9]|1[0-4]):?[0-5][0-9])";
    static final String EXISTS = " and try_cast(bare(v) as %s) is not null and bare(v) >= '0001'";
  }
}
