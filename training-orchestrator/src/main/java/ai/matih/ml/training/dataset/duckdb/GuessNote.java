package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.ColumnType;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;

/**
 * Why a column that a reader may take for something else stayed text, and what to do.
 *
 * @param row the first one that is not like most others, counted from 0; the sentence has a place
 *     for its line then
 */
record GuessNote(String sentence, OptionalLong row) {

  /** How often cells of a kind are there, and in which row first, counted from 0. */
  record Occurrence(CellKind kind, long cells, long firstRow) {}

  private record Group(String words, Set<CellKind> kinds) {}

  private static final Group TIMES =
      new Group(
          "dates or timestamps",
          EnumSet.of(
              CellKind.DATE,
              CellKind.TIMESTAMP,
              CellKind.TIMESTAMP_NANOS,
              CellKind.ZONED,
              CellKind.ZONED_NANOS));
  private static final Group NUMBERS = new Group("numbers", CellKind.NUMBERS);
  private static final List<Group> GROUPS =
      List.of(NUMBERS, TIMES, new Group("true or false", EnumSet.of(CellKind.TRUTH)));

  /** Whether a look at the occurrences can give a note. */
  static boolean isWanted(CsvColumn column) {
    Set<CellKind> values = column.values();
    return !column.declared()
        && column.type() == ColumnType.STRING
        && !values.equals(EnumSet.of(CellKind.TEXT));
  }

  /**
   * @param occurrences of all kinds that hold values, in a column that stayed text
   */
  static Optional<GuessNote> of(List<Occurrence> occurrences) {
    Set<CellKind> kinds =
        occurrences.stream()
            .map(Occurrence::kind)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(CellKind.class)));
    if (kinds.isEmpty()) {
      return note("Has no values.");
    }
    if (TIMES.kinds().containsAll(kinds)) {
      return note(
          kinds.stream().anyMatch(CellKind.ZONED_TIMES::contains)
                  && kinds.stream().anyMatch(CellKind.LOCAL_TIMES::contains)
              ? "Holds points in time with and without a zone, so it stayed text. Write all with a zone, or none."
              : "Holds points in time that are too far away to be kept with their parts of a second, so it stayed text.");
    }
    if (NUMBERS.kinds().containsAll(kinds)) {
      return note(
          kinds.contains(CellKind.OUT_OF_RANGE)
              ? "Holds numbers that are too large or too small to be kept as numbers, so it stayed text."
              : "Holds whole numbers that are too long to be kept exactly as numbers, so it stayed text. Declare it as double to round them.");
    }
    Optional<GuessNote> look = numbersOfAnotherLook(kinds);
    if (look.isPresent()) {
      return look;
    }
    Optional<GuessNote> mixed = mixed(occurrences);
    if (mixed.isEmpty()
        && kinds.contains(CellKind.OTHER_DATE)
        && within(kinds, CellKind.OTHER_DATE, TIMES.kinds())) {
      return note(
          "Looks like dates of which the order of day, month and year cannot be known, or that do not exist, so it stayed text. Write dates as YYYY-MM-DD.");
    }
    return mixed;
  }

  /**
   * @param line of a row
   */
  String text(LongUnaryOperator line) {
    return row.isEmpty() ? sentence : sentence.formatted(line.applyAsLong(row.getAsLong()));
  }

  private static Optional<GuessNote> numbersOfAnotherLook(Set<CellKind> kinds) {
    if (within(kinds, CellKind.LEADING_ZEROS, NUMBERS.kinds())) {
      return note(
          "Looks like codes with leading zeros, so it stayed text. Declare it as long if the zeros mean nothing.");
    }
    if (within(kinds, CellKind.COMMA, NUMBERS.kinds())) {
      return note(
          "Looks like numbers with a decimal comma or separated thousands, so it stayed text. Write numbers with a decimal point and nothing else.");
    }
    Set<CellKind> plain = EnumSet.of(CellKind.COMMA);
    plain.addAll(NUMBERS.kinds());
    if (within(kinds, CellKind.DECORATED, plain)) {
      return note(
          "Looks like numbers with a currency, a per cent sign, a plus or separated thousands, so it stayed text. Write numbers with a decimal point and nothing else.");
    }
    return Optional.empty();
  }

  private static boolean within(Set<CellKind> kinds, CellKind look, Set<CellKind> company) {
    return kinds.stream().allMatch(kind -> kind == look || company.contains(kind));
  }

  private static Optional<GuessNote> mixed(List<Occurrence> occurrences) {
    long all = occurrences.stream().mapToLong(Occurrence::cells).sum();
    for (Group group : GROUPS) {
      List<Occurrence> others =
          occurrences.stream().filter(o -> !group.kinds().contains(o.kind())).toList();
      if (2 * others.stream().mapToLong(Occurrence::cells).sum() < all) {
        return others.stream()
            .min(Comparator.comparingLong(Occurrence::firstRow))
            .map(
                odd ->
                    new GuessNote(
                        "Most values are "
                            + group.words()
                            + ", but line %d holds something else, so it stayed text. Leave the cell of a missing value empty, or mend the line.",
                        OptionalLong.of(odd.firstRow())));
      }
    }
    return Optional.empty();
  }

  private static Optional<GuessNote> note(String sentence) {
    return Optional.of(new GuessNote(sentence, OptionalLong.empty()));
  }
}
