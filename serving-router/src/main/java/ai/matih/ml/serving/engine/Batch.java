package ai.matih.ml.serving.engine;

import ai.matih.ml.serving.engine.Tensor.TensorType;
import java.util.Arrays;

/**
 * Rows laid out as the model's tensors want them. A value that was never set is missing: NaN for
 * numbers, the empty text for strings, which is what models were trained to see. Not safe for
 * concurrent use.
 */
public final class Batch {

  private final Signature signature;
  private final int rows;
  private final float[][] numbers;
  private final String[][] texts;

  public Batch(Signature signature, int rows) {
    this.signature = signature;
    this.rows = rows;
    int tensors = signature.tensors().size();
    this.numbers = new float[tensors][];
    this.texts = new String[tensors][];
    for (int t = 0; t < tensors; t++) {
      Tensor tensor = signature.tensors().get(t);
      int size = Math.multiplyExact(rows, tensor.columns().size());
      if (tensor.type() == TensorType.FP32) {
        numbers[t] = new float[size];
        Arrays.fill(numbers[t], Float.NaN);
      } else {
        texts[t] = new String[size];
        Arrays.fill(texts[t], "");
      }
    }
  }

  public int rows() {
    return rows;
  }

  public Signature signature() {
    return signature;
  }

  /** Sets a column of type double, long or boolean. */
  public void number(int row, int column, double value) {
    Signature.Place place = signature.place(column);
    numbers[place.tensor()][index(row, place)] = (float) value;
  }

  /** Sets a column of type string. */
  public void text(int row, int column, String value) {
    Signature.Place place = signature.place(column);
    texts[place.tensor()][index(row, place)] = value;
  }

  /** Whether nobody gave this value yet, so that a feature may still fill it. */
  public boolean missing(int row, int column) {
    Signature.Place place = signature.place(column);
    int index = index(row, place);
    float[] values = numbers[place.tensor()];
    return values != null ? Float.isNaN(values[index]) : texts[place.tensor()][index].isEmpty();
  }

  private int index(int row, Signature.Place place) {
    return row * signature.tensors().get(place.tensor()).columns().size() + place.offset();
  }

  /** The numbers of an FP32 tensor in row order; the engine's view, not a copy. */
  public float[] numbers(int tensor) {
    return numbers[tensor];
  }

  /** The strings of a BYTES tensor in row order; the engine's view, not a copy. */
  public String[] texts(int tensor) {
    return texts[tensor];
  }
}
