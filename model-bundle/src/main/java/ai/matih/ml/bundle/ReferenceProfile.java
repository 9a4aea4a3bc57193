package ai.matih.ml.bundle;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the training rows were distributed, so that drift has something to be compared with.
 *
 * @param rows how many rows it was made of
 * @param columns by input
 * @param answers how the model answered on the rows that it was not trained on
 */
public record ReferenceProfile(long rows, Map<String, Column> columns, Optional<Answers> answers) {

  /** A profile of the inputs alone. */
  public ReferenceProfile(long rows, Map<String, Column> columns) {
    this(rows, columns, Optional.empty());
  }

  public ReferenceProfile {
    columns = Map.copyOf(columns);
    Signature.require(rows > 0, "the rows are a positive number");
  }

  /** Between which numbers the training rows lie; empty for texts and where there was none. */
  public Optional<Range> range(String column) {
    return columns.get(column) instanceof Numbers numbers && !numbers.edges().isEmpty()
        ? Optional.of(new Range(numbers.edges().getFirst(), numbers.edges().getLast()))
        : Optional.empty();
  }

  /** Whether an input of the row is a number that lies outside of all training rows. */
  public boolean isFarFrom(GoldenRows.Row row) {
    return row.inputs().entrySet().stream()
        .anyMatch(
            input ->
                input.getValue() instanceof Number number
                    && range(input.getKey())
                        .filter(range -> !range.near(number.doubleValue()))
                        .isPresent());
  }

  /** The lowest and the highest number of an input in the training rows. */
  public record Range(double lowest, double highest) {

    /**
     * The numbers from which an answer is owed: both ends, and as far again beyond them as they are
     * apart. The other sign is not implied by an input that never had it.
     */
    public Range widened() {
      double width = highest - lowest;
      return new Range(
          lowest < 0 ? lowest - width : lowest, highest > 0 ? highest + width : highest);
    }

    private boolean near(double number) {
      Range owed = widened();
      return number >= owed.lowest && number <= owed.highest;
    }
  }

  /**
   * The model's own answers.
   *
   * @param rows how many answers; absent in profiles written before it was kept
   * @param classes the share of each class, by its name as JSON writes it; empty for a regression
   * @param values the probability of the last class, or the predicted numbers
   */
  public record Answers(
      Optional<Long> rows, Map<String, Double> classes, Optional<Numbers> values) {

    public Answers {
      classes = Map.copyOf(classes);
      classes.values().forEach(ReferenceProfile::share);
      rows.ifPresent(count -> Signature.require(count > 0, "the rows are a positive number"));
    }
  }

  /** One input. */
  public sealed interface Column {

    /** The share of rows without a value, 0 to 1. */
    double missing();
  }

  /**
   * Numbers and truth values, in bins {@code [edge, next edge)}, the last one with its upper edge.
   *
   * @param edges ascending, one more than there are bins; empty when every value was missing
   * @param frequencies the share of the values that are there, by bin
   */
  public record Numbers(double missing, List<Double> edges, List<Double> frequencies)
      implements Column {

    public Numbers {
      edges = List.copyOf(edges);
      frequencies = List.copyOf(frequencies);
      Signature.require(
          edges.size() == frequencies.size() + (edges.isEmpty() ? 0 : 1),
          "there is one edge more than bins");
      for (int i = 1; i < edges.size(); i++) {
        Signature.require(edges.get(i - 1) <= edges.get(i), "the edges ascend");
      }
      frequencies.forEach(ReferenceProfile::share);
      share(missing);
    }
  }

  /**
   * Texts.
   *
   * @param categories the share of all rows, by text; the most frequent ones
   * @param other the share of the texts that are not listed
   */
  public record Texts(double missing, Map<String, Double> categories, double other)
      implements Column {

    public Texts {
      categories = Map.copyOf(categories);
      categories.values().forEach(ReferenceProfile::share);
      share(missing);
      share(other);
    }
  }

  private static void share(double share) {
    Signature.require(share >= 0 && share <= 1 + 1e-9, "a share lies between 0 and 1");
  }
}
