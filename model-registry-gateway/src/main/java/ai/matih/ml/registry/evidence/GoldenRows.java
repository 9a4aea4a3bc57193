package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.evidence.ServingRouter.Answer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Inputs with the native model's own answers.
 *
 * @param tolerance how far numbers may be apart
 */
record GoldenRows(double tolerance, List<Row> rows) {

  static final String PATH = "golden.json";

  record Row(Map<String, Object> inputs, Object prediction, @Nullable List<Double> probabilities) {}

  GoldenRows {
    rows = List.copyOf(rows);
    if (!(tolerance >= 0 && tolerance <= 0.01)) {
      throw new IllegalArgumentException("tolerance must be 0 to 0.01");
    }
  }

  /** What is wrong with a row's answer; empty when it reproduces the golden one. */
  Optional<String> difference(Row row, Answer answer) {
    if (!sameValue(row.prediction(), answer.prediction())) {
      return Optional.of(
          "predicted %s instead of %s".formatted(answer.prediction(), row.prediction()));
    }
    List<Double> expected = row.probabilities();
    if (expected == null) {
      return Optional.empty();
    }
    List<Double> got = answer.probabilities().orElse(List.of());
    if (got.size() != expected.size()) {
      return Optional.of(
          "gave %d probabilities instead of %d".formatted(got.size(), expected.size()));
    }
    for (int i = 0; i < got.size(); i++) {
      // Written this way round so that NaN differs.
      if (!(Math.abs(got.get(i) - expected.get(i)) <= tolerance)) {
        return Optional.of(
            "gave probability %s instead of %s".formatted(got.get(i), expected.get(i)));
      }
    }
    return Optional.empty();
  }

  private boolean sameValue(Object expected, Object got) {
    if (expected instanceof Number e && got instanceof Number g) {
      return Math.abs(e.doubleValue() - g.doubleValue()) <= tolerance;
    }
    return expected.toString().equals(got.toString());
  }
}
