package ai.matih.ml.training.dataset;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A look at a table.
 *
 * @param rows the first rows by column; a missing value has no key. Numbers are numbers, infinite
 *     ones the texts {@code Infinity} and {@code -Infinity}; dates and timestamps are ISO 8601; a
 *     text is cut after {@value #LONGEST_TEXT} characters
 */
public record Preview(List<Map<String, Object>> rows, List<Statistics> columns) {

  public static final int LONGEST_TEXT = 500;

  public Preview {
    rows = List.copyOf(rows);
    columns = List.copyOf(columns);
  }

  /**
   * Over all rows of the table.
   *
   * @param count rows with a value
   * @param approximateDistinct different values, within a few per cent; absent for a column of
   *     another kind
   * @param min of numbers, dates and timestamps
   * @param max of numbers, dates and timestamps
   * @param mean of finite numbers
   * @param top the most frequent texts and truth values
   */
  public record Statistics(
      String name,
      String type,
      long count,
      long missing,
      Optional<Long> approximateDistinct,
      Optional<Object> min,
      Optional<Object> max,
      Optional<Double> mean,
      Optional<List<Frequency>> top) {}

  /** A value and the number of rows that have it. */
  public record Frequency(Object value, long count) {}
}
