package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.Signature;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The input of a prediction: values by row and column of the signature, whoever filled it (rows,
 * whole columns) and however an engine lays them out. A value that was never set is missing: NaN
 * for numbers, the empty text for strings, which is what models were trained to see. Not safe for
 * concurrent use while it is filled.
 */
public final class Batch {

  private final Signature signature;
  private final int rows;
  private final int width;
  private final double[] numbers;
  private final String[] texts;

  public Batch(Signature signature, int rows) {
    this.signature = signature;
    this.rows = rows;
    this.width = signature.columns().size();
    int size = Math.multiplyExact(rows, width);
    this.numbers = new double[size];
    Arrays.fill(numbers, Double.NaN);
    this.texts = new String[hasTexts(signature) ? size : 0];
    Arrays.fill(texts, "");
  }

  /** A loop, because it runs once per request. */
  private static boolean hasTexts(Signature signature) {
    for (int i = 0; i < signature.columns().size(); i++) {
      if (signature.columns().get(i).type() == ColumnType.STRING) {
        return true;
      }
    }
    return false;
  }

  public int rows() {
    return rows;
  }

  public Signature signature() {
    return signature;
  }

  /** Sets a value of a column of type double, long or boolean. */
  public void number(int row, int column, double value) {
    numbers[row * width + column] = value;
  }

  /** Sets a value of a column of type string. */
  public void text(int row, int column, String value) {
    texts[row * width + column] = value;
  }

  /** Sets a whole column of type double, long or boolean, one value per row. */
  public void numbers(int column, double[] values) {
    requireRows(values.length);
    for (int row = 0; row < rows; row++) {
      number(row, column, values[row]);
    }
  }

  /** Sets a whole column of type string, one value per row. */
  public void texts(int column, String[] values) {
    requireRows(values.length);
    for (int row = 0; row < rows; row++) {
      text(row, column, values[row]);
    }
  }

  private void requireRows(int given) {
    if (given != rows) {
      throw new IllegalArgumentException("%d values for %d rows".formatted(given, rows));
    }
  }

  /** A value of a column of type double, long or boolean; NaN when it is missing. */
  public double number(int row, int column) {
    return numbers[row * width + column];
  }

  /** A value of a column of type string; empty when it is missing. */
  public String text(int row, int column) {
    return texts[row * width + column];
  }

  /** The characters of all texts together. */
  public long characters() {
    long sum = 0;
    for (String text : texts) {
      sum += text.length();
    }
    return sum;
  }

  /** Lays these columns out as one FP32 tensor in row order, from the buffer's beginning. */
  public void layOut(int[] columns, FloatBuffer tensor) {
    int at = 0;
    for (int first = 0; first < numbers.length; first += width) {
      for (int column : columns) {
        tensor.put(at++, (float) numbers[first + column]);
      }
    }
  }

  /** These columns as one tensor of strings in row order. */
  public String[] layOutTexts(int[] columns) {
    String[] tensor = new String[rows * columns.length];
    int at = 0;
    for (int first = 0; first < texts.length; first += width) {
      for (int column : columns) {
        tensor[at++] = texts[first + column];
      }
    }
    return tensor;
  }
}
