package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.problem.Problem;
import java.util.Arrays;

/** Rows, and how many values each has. */
public record Shape(int rows, int width) {

  /** More values than a thousand rows of a thousand columns. */
  private static final long MOST_VALUES = 1_000_000;

  /**
   * What the dimensions of a tensor say.
   *
   * @param field names the tensor in problems
   */
  public static Shape of(String field, long[] dimensions, int maxRows) {
    boolean sound =
        (dimensions.length == 1 || dimensions.length == 2)
            && Arrays.stream(dimensions).allMatch(size -> size > 0 && size <= MOST_VALUES);
    if (!sound) {
      throw Problem.invalid(
          field + ".shape", "must be [rows] or [rows, values per row], none of them zero");
    }
    if (dimensions[0] > maxRows) {
      throw Problem.invalid(field + ".shape", "has more than " + maxRows + " rows");
    }
    long width = dimensions.length == 1 ? 1 : dimensions[1];
    if (dimensions[0] * width > MOST_VALUES) {
      throw Problem.invalid(field + ".shape", "has more than " + MOST_VALUES + " values");
    }
    return new Shape((int) dimensions[0], (int) width);
  }

  public int count() {
    return rows * width;
  }
}
