package ai.matih.ml.serving.drift;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Joins neighbouring cells until each may be expected to hold enough of every sample, which is what
 * the tests need that follow.
 */
final class CommonCells {

  /** The usual rule for Pearson's test. */
  private static final double LEAST = 5;

  private CommonCells() {}

  /**
   * The samples in the joined cells, in their order; how many cells are left is up to the counts.
   */
  static double[][] of(double[]... samples) {
    double[] totals = Arrays.stream(samples).mapToDouble(Distances::total).toArray();
    double all = Arrays.stream(totals).sum();
    double least = Arrays.stream(totals).min().orElse(0);
    List<double[]> joined = new ArrayList<>();
    double[] open = new double[samples.length];
    for (int i = 0; i < samples[0].length; i++) {
      for (int s = 0; s < samples.length; s++) {
        open[s] += samples[s][i];
      }
      if (all > 0 && Distances.total(open) / all * least >= LEAST) {
        joined.add(open);
        open = new double[samples.length];
      }
    }
    if (joined.isEmpty()) {
      joined.add(open);
    } else {
      for (int s = 0; s < samples.length; s++) {
        joined.getLast()[s] += open[s];
      }
    }
    double[][] result = new double[samples.length][joined.size()];
    for (int i = 0; i < joined.size(); i++) {
      for (int s = 0; s < samples.length; s++) {
        result[s][i] = joined.get(i)[s];
      }
    }
    return result;
  }
}
