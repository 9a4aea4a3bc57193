package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;

/**
 * The model's answers, one row after the other: the probability of each class, or the predicted
 * number. Owns its array; callers treat it as read-only.
 */
@SuppressWarnings("ArrayRecordComponent") // on the hot path, never compared
public record Scores(Signature signature, int rows, float[] values) {

  public Scores {
    if (values.length != rows * signature.width()) {
      throw new IllegalArgumentException(
          "%d values do not make %d rows of %d".formatted(values.length, rows, signature.width()));
    }
  }

  /**
   * The predicted class as the signature names it, or the predicted number. The first of equal
   * classes wins.
   */
  public Object prediction(int row) {
    int width = signature.width();
    if (signature.task() == Task.REGRESSION) {
      return (double) values[row];
    }
    int best = row * width;
    for (int i = best + 1; i < (row + 1) * width; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return signature.classes().get(best - row * width);
  }

  public boolean hasProbabilities() {
    return signature.task() == Task.CLASSIFICATION;
  }

  public float value(int row, int index) {
    return values[row * signature.width() + index];
  }
}
