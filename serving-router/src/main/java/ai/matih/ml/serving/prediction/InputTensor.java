package ai.matih.ml.serving.prediction;

import ai.matih.ml.serving.prediction.Rows.Kind;

/**
 * Values of one input, row after row, in one array.
 *
 * @param width how many values a row has
 * @param numbers the values; NaN for one that is missing. Empty for texts
 * @param texts the values of texts, of which none is missing; else empty
 */
@SuppressWarnings("ArrayRecordComponent") // on the hot path, never compared
public record InputTensor(String name, int width, Type type, double[] numbers, String[] texts) {

  /** What the values are. */
  public enum Type {
    WHOLE,
    DECIMAL,
    BOOLEAN,
    TEXT
  }

  Kind kind(int at) {
    return switch (type) {
      case TEXT -> Kind.TEXT;
      case BOOLEAN -> numbers[at] == 0 ? Kind.FALSE : Kind.TRUE;
      case WHOLE -> Double.isNaN(numbers[at]) ? Kind.NULL : Kind.INTEGER;
      case DECIMAL -> Double.isNaN(numbers[at]) ? Kind.NULL : Kind.DECIMAL;
    };
  }

  double number(int at) {
    return type == Type.TEXT ? 0 : numbers[at];
  }

  String text(int at) {
    return type == Type.TEXT ? texts[at] : "";
  }
}
