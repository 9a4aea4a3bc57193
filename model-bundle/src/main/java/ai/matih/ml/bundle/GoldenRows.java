package ai.matih.ml.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Inputs with the native model's own answers: the proof that an engine computes the same model. Its
 * rule of comparison is the only one there is; {@code docs/reference/model-bundle.md} explains it.
 *
 * @param tolerance how far probabilities may be apart, or how far numbers may be apart in units of
 *     the scale
 * @param scale the spread of a regression's target, in its own unit; 1 for a classification
 */
public record GoldenRows(double tolerance, double scale, List<Row> rows) {

  /** The largest tolerance that still proves something. */
  static final double MAX_TOLERANCE = 0.01;

  /**
   * Numbers are sums of leaves in 32 bits. Where an answer is more than 64 times the scale, the
   * rounding of such sums is judged against the answer itself.
   */
  private static final double ANSWER_PER_SCALE = 64;

  private static final int MAX_ROWS = 10_000;

  public GoldenRows {
    rows = List.copyOf(rows);
    Signature.require(
        tolerance >= 0 && tolerance <= MAX_TOLERANCE,
        "the tolerance lies between 0 and " + MAX_TOLERANCE);
    Signature.require(
        scale >= 0 && Double.isFinite(scale), "the scale is a number that is not negative");
    Signature.require(rows.size() <= MAX_ROWS, "there are more than " + MAX_ROWS + " golden rows");
  }

  /**
   * What a model answers to one row.
   *
   * @param prediction the label as the signature names it, or the number
   * @param probabilities in class order; empty for a regression
   */
  public record Answer(Object prediction, List<Double> probabilities) {

    public Answer {
      probabilities = List.copyOf(probabilities);
    }

    /** Whether it consists of finite numbers, as far as it is made of numbers. */
    private boolean isNumber() {
      return probabilities.stream().allMatch(Double::isFinite)
          && !(prediction instanceof Number number && !Double.isFinite(number.doubleValue()));
    }
  }

  /**
   * One row.
   *
   * @param inputs values by column; an absent column is missing
   */
  public record Row(Map<String, Object> inputs, Answer answer) {

    public Row {
      inputs = Map.copyOf(inputs);
    }
  }

  /** The first row that differs, by its position, and how: "predicted 3 instead of 4". */
  public record Difference(int row, String what) {}

  /**
   * How far the answers are from the golden ones.
   *
   * @param maxDifference comparable with the tolerance; infinite where numbers cannot be compared
   * @param withoutNumber rows far from all training rows that got no number; they do not differ
   */
  public record Comparison(
      int rows,
      int differing,
      double maxDifference,
      Optional<Difference> first,
      int withoutNumber) {

    public boolean equal() {
      return differing == 0;
    }
  }

  /** The same rows with other answers, to compare further ones with them. */
  public GoldenRows answered(List<Answer> answers) {
    List<Row> answered = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      answered.add(new Row(rows.get(i).inputs(), answers.get(i)));
    }
    return new GoldenRows(tolerance, scale, answered);
  }

  /** Compares an engine's answers to all rows, in their order, with the golden ones. */
  public Comparison compare(List<Answer> answers) {
    return compare(answers, _ -> false);
  }

  /**
   * The same, for a model whose training rows are known: a number of 32 bits may overflow where an
   * input is far from all of them, and no caller sends such a row.
   *
   * @param mayLackNumber rows whose answer may be no number; where there is one, it has to agree
   */
  public Comparison compare(List<Answer> answers, Predicate<Row> mayLackNumber) {
    if (answers.size() != rows.size()) {
      throw new IllegalArgumentException(
          "%d answers to %d rows".formatted(answers.size(), rows.size()));
    }
    int differing = 0;
    double worst = 0;
    Optional<Difference> first = Optional.empty();
    int withoutNumber = 0;
    for (int i = 0; i < answers.size(); i++) {
      Answer expected = rows.get(i).answer();
      Answer got = answers.get(i);
      if (!got.isNumber() && (!expected.isNumber() || mayLackNumber.test(rows.get(i)))) {
        withoutNumber++;
        continue;
      }
      worst = Math.max(worst, distance(expected, got));
      if (!agree(expected, got)) {
        differing++;
        first = first.isPresent() ? first : Optional.of(new Difference(i, describe(expected, got)));
      }
    }
    return new Comparison(rows.size(), differing, worst, first, withoutNumber);
  }

  /** Whether two answers to the same row are those of one model. */
  private boolean agree(Answer expected, Answer got) {
    return distance(expected, got) <= tolerance
        && (expected.probabilities().isEmpty() || sameLabel(expected, got));
  }

  private boolean sameLabel(Answer expected, Answer got) {
    if (got.prediction().toString().equals(expected.prediction().toString())) {
      return true;
    }
    // Two classes closer than the tolerance are a tie that rounding may break either way.
    List<Double> ranked = expected.probabilities().stream().sorted().toList();
    return ranked.getLast() - ranked.get(ranked.size() - 2) <= tolerance;
  }

  private double distance(Answer expected, Answer got) {
    if (expected.probabilities().isEmpty()) {
      return expected.prediction() instanceof Number e && got.prediction() instanceof Number g
          ? ofNumbers(e.doubleValue(), g.doubleValue())
          : Double.POSITIVE_INFINITY;
    }
    if (expected.probabilities().size() != got.probabilities().size()) {
      return Double.POSITIVE_INFINITY;
    }
    double worst = 0;
    for (int i = 0; i < expected.probabilities().size(); i++) {
      double apart = Math.abs(expected.probabilities().get(i) - got.probabilities().get(i));
      worst = Double.isNaN(apart) ? Double.POSITIVE_INFINITY : Math.max(worst, apart);
    }
    return worst;
  }

  private double ofNumbers(double expected, double got) {
    double apart = Math.abs(expected - got);
    if (apart == 0) {
      return 0;
    }
    double relative = apart / Math.max(scale, Math.abs(expected) / ANSWER_PER_SCALE);
    return Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative;
  }

  private String describe(Answer expected, Answer got) {
    if (expected.probabilities().isEmpty() || distance(expected, got) <= tolerance) {
      return "predicted %s instead of %s".formatted(got.prediction(), expected.prediction());
    }
    if (expected.probabilities().size() != got.probabilities().size()) {
      return "gave %d probabilities instead of %d"
          .formatted(got.probabilities().size(), expected.probabilities().size());
    }
    return "gave the probabilities %s instead of %s"
        .formatted(got.probabilities(), expected.probabilities());
  }
}
