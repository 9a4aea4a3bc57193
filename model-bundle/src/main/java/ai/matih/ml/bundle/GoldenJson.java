package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.bundle.GoldenRows.Answer;
import ai.matih.ml.bundle.GoldenRows.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Reads {@code golden.json}. */
final class GoldenJson {

  /** What a regression's tolerance counts for at most in format 1, which had no scale. */
  private static final double MOST_OF_FORMAT_1 = 0.001;

  private GoldenJson() {}

  static GoldenRows read(JsonNode root, Signature signature) {
    return Json.make(
        BundleReader.GOLDEN_ROWS,
        Part.GOLDEN_ROWS,
        () -> {
          double tolerance = Json.number(root.path("tolerance"), "the tolerance");
          List<Row> rows = Json.each(root.path("rows"), node -> row(node, signature));
          return signature.format() == 1
              ? ofFormat1(tolerance, rows, signature.task())
              : new GoldenRows(tolerance, scale(root, signature.task()), rows);
        });
  }

  private static double scale(JsonNode root, Task task) {
    return switch (task) {
      case CLASSIFICATION -> 1;
      case REGRESSION -> Json.number(root.path("scale"), "the scale");
    };
  }

  /** Its tolerance of a regression grew with the answers; their own spread is the better scale. */
  private static GoldenRows ofFormat1(double tolerance, List<Row> rows, Task task) {
    return switch (task) {
      case CLASSIFICATION -> new GoldenRows(Math.min(tolerance, GoldenRows.MAX_TOLERANCE), 1, rows);
      case REGRESSION -> new GoldenRows(Math.min(tolerance, MOST_OF_FORMAT_1), spread(rows), rows);
    };
  }

  /** The standard deviation of the answers. */
  private static double spread(List<Row> rows) {
    double[] answers =
        rows.stream()
            .mapToDouble(row -> ((Number) row.answer().prediction()).doubleValue())
            .toArray();
    double sum = 0;
    for (double answer : answers) {
      sum += answer;
    }
    double squares = 0;
    for (double answer : answers) {
      squares += (answer - sum / answers.length) * (answer - sum / answers.length);
    }
    return answers.length == 0 ? 0 : Math.sqrt(squares / answers.length);
  }

  private static Row row(JsonNode node, Signature signature) {
    Map<String, Object> inputs = new HashMap<>();
    for (Map.Entry<String, JsonNode> field : node.path("inputs").properties()) {
      if (!field.getValue().isNull()) {
        inputs.put(field.getKey(), input(field.getKey(), field.getValue(), signature));
      }
    }
    Object prediction = Json.value(node.path("prediction"));
    List<Double> probabilities =
        Json.each(node.path("probabilities"), one -> Json.number(one, "a probability"));
    if (probabilities.size() != signature.classes().size()) {
      throw new IllegalArgumentException(
          "a golden row has %d probabilities for %d classes"
              .formatted(probabilities.size(), signature.classes().size()));
    }
    if (signature.task() == Task.REGRESSION && !(prediction instanceof Number)) {
      throw new IllegalArgumentException("the prediction of a golden row is no number");
    }
    return new Row(inputs, new Answer(prediction, probabilities));
  }

  private static Object input(String name, JsonNode node, Signature signature) {
    int position = signature.position(name);
    if (position < 0) {
      throw new IllegalArgumentException("a golden row names the unknown input " + name);
    }
    Object value = Json.value(node);
    boolean text = signature.columns().get(position).type() == ColumnType.STRING;
    if (text != value instanceof String) {
      throw new IllegalArgumentException("a golden row has the wrong type in input " + name);
    }
    return value;
  }
}
