package ai.matih.ml.serving.drift;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Holm's correction: the chance that any of several tests is wrong stays what it is for one. */
final class Holm {

  private Holm() {}

  /** The corrected probabilities, in the order in which they came. */
  static double[] adjusted(List<Double> pValues) {
    int[] order =
        IntStream.range(0, pValues.size())
            .boxed()
            .sorted(Comparator.comparing(pValues::get))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[pValues.size()];
    double largest = 0;
    for (int i = 0; i < order.length; i++) {
      largest = Math.max(largest, Math.min(1, (order.length - i) * pValues.get(order[i])));
      adjusted[order[i]] = largest;
    }
    return adjusted;
  }
}
