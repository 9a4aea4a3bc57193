package ai.matih.ml.serving.prediction;

import ai.matih.ml.serving.prediction.Rows.Kind;

/**
 * Values of one input, row after row, in one array.
 *
 * @param width how many values a row has
 * @param numbers the values; NaN for one that is missing. Empty for texts
 * @param keys whole numbers of width one as they were sent, since they may name entities and a
 *     double does not hold each of them; {@link #NO_KEY} for what names none
 * @param texts the values of texts, of which none is missing; else empty
 */
@SuppressWarnings("ArrayRecordComponent") // on the hot path, never compared
public record InputTensor(
    String name, int width, Type type, double[] numbers, long[] keys, String[] texts) {

  /** Stands for a value that is missing or beyond a {@code long}. */
  public static final long NO_KEY = Long.MIN_VALUE;

  private static final long[] NO_KEYS = {};
  private static final String[] NO_TEXTS = {};

  /** What the values are. */
  public enum Type {
    WHOLE,
    DECIMAL,
    BOOLEAN,
    TEXT
  }

  /** A tensor of whole numbers. */
  public static InputTensor ofWholes(String name, int width, double[] numbers, long[] keys) {
    return new InputTensor(name, width, Type.WHOLE, numbers, keys, NO_TEXTS);
  }

  /** A tensor of decimals or flags. */
  public static InputTensor ofNumbers(String name, int width, Type type, double[] numbers) {
    return new InputTensor(name, width, type, numbers, NO_KEYS, NO_TEXTS);
  }

  public static InputTensor ofTexts(String name, int width, String[] texts) {
    return new InputTensor(name, width, Type.TEXT, new double[0], NO_KEYS, texts);
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
