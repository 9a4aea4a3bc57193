package ai.matih.ml.serving.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Inputs with the native model's own answers: the proof that an engine computes the same model. */
public record GoldenRows(double tolerance, List<Row> rows) {

  public GoldenRows {
    rows = List.copyOf(rows);
    if (!(tolerance >= 0 && tolerance <= 1)) {
      throw new IllegalArgumentException("the tolerance lies between 0 and 1");
    }
  }

  /**
   * @param inputs values by column; an absent column is missing
   * @param probabilities in class order; empty for a regression
   */
  public record Row(Map<String, Object> inputs, Object prediction, List<Double> probabilities) {

    public Row {
      inputs = Map.copyOf(inputs);
      probabilities = List.copyOf(probabilities);
    }

    private boolean agrees(Scores scores, int index, double tolerance) {
      return scores.hasProbabilities()
          ? distance(scores, index) <= tolerance && samePrediction(scores, index, tolerance)
          : distance(scores, index) <= tolerance;
    }

    private boolean samePrediction(Scores scores, int index, double tolerance) {
      Object answer = scores.prediction(index);
      if (answer.toString().equals(prediction.toString())) {
        return true;
      }
      // Two classes closer than the tolerance are a tie that rounding may break either way.
      List<Double> ranked = probabilities.stream().sorted().toList();
      return ranked.getLast() - ranked.get(ranked.size() - 2) <= tolerance;
    }

    private double distance(Scores scores, int index) {
      if (!scores.hasProbabilities()) {
        if (!(prediction instanceof Number expected)) {
          return Double.POSITIVE_INFINITY;
        }
        double value = expected.doubleValue();
        double difference = Math.abs(scores.value(index, 0) - value) / Math.max(1, Math.abs(value));
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
      }
      if (probabilities.size() != scores.signature().width()) {
        return Double.POSITIVE_INFINITY;
      }
      double worst = 0;
      for (int i = 0; i < probabilities.size(); i++) {
        double difference = Math.abs(scores.value(index, i) - probabilities.get(i));
        worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
      }
      return worst;
    }
  }

  /** How far the answers are from the golden ones. */
  public record Comparison(
      int rows, int differing, double maxDifference, Optional<Integer> firstDiffering) {

    public boolean equal() {
      return differing == 0;
    }
  }

  /** All rows as one batch. Refuses a row that names a column the signature lacks. */
  public Batch batch(Signature signature) {
    return batch(signature, 0, rows.size());
  }

  /** The rows from {@code from} up to, not including, {@code to}. */
  public Batch batch(Signature signature, int from, int to) {
    Batch batch = new Batch(signature, to - from);
    for (int i = from; i < to; i++) {
      int row = i - from;
      rows.get(i).inputs().forEach((name, value) -> set(batch, row, name, value));
    }
    return batch;
  }

  private static void set(Batch batch, int row, String name, Object value) {
    int column = batch.signature().position(name);
    if (column < 0) {
      throw new BundleRefused(
          BundleRefused.Part.GOLDEN_ROWS, "a golden row names the unknown input " + name);
    }
    boolean text = batch.signature().columns().get(column).type() == ColumnType.STRING;
    switch (value) {
      case Number number when !text -> batch.number(row, column, number.doubleValue());
      case Boolean flag when !text -> batch.number(row, column, flag ? 1 : 0);
      case String string when text -> batch.text(row, column, string);
      default ->
          throw new BundleRefused(
              BundleRefused.Part.GOLDEN_ROWS, "a golden row has the wrong type in input " + name);
    }
  }

  /**
   * Compares answers to all rows with the golden ones; regression differences are relative above
   * one.
   */
  public Comparison compare(Scores scores) {
    int differing = 0;
    double worst = 0;
    Optional<Integer> first = Optional.empty();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      worst = Math.max(worst, row.distance(scores, i));
      if (!row.agrees(scores, i, tolerance)) {
        differing++;
        first = first.isPresent() ? first : Optional.of(i);
      }
    }
    return new Comparison(rows.size(), differing, worst, first);
  }
}
