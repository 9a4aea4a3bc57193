package ai.matih.ml.serving.drift;

/** How far two distributions over the same cells are apart. */
final class Distances {

  /** Added to each count, so that an empty cell has a logarithm (Jeffreys' prior). */
  static final double SMOOTHING = 0.5;

  private Distances() {}

  /**
   * The population stability index: {@code sum (q - p) ln(q / p)} of the smoothed shares, which is
   * the symmetric divergence of Jeffreys.
   */
  static double stabilityIndex(double[] reference, double[] live) {
    double m = total(reference) + SMOOTHING * reference.length;
    double n = total(live) + SMOOTHING * live.length;
    double sum = 0;
    for (int i = 0; i < reference.length; i++) {
      double p = (reference[i] + SMOOTHING) / m;
      double q = (live[i] + SMOOTHING) / n;
      sum += (q - p) * Math.log(q / p);
    }
    return sum;
  }

  /** The index that two samples of one distribution have on average, to the first order. */
  static double expectedStabilityIndex(int cells, double m, double n) {
    return (cells - 1) * (1 / m + 1 / n);
  }

  /** The Jensen-Shannon distance to the base 2: from 0, the same, to 1, nothing in common. */
  static double jensenShannon(double[] reference, double[] live) {
    double m = total(reference);
    double n = total(live);
    double sum = 0;
    for (int i = 0; i < reference.length; i++) {
      double p = reference[i] / m;
      double q = live[i] / n;
      double middle = (p + q) / 2;
      sum += p > 0 ? p * Math.log(p / middle) : 0;
      sum += q > 0 ? q * Math.log(q / middle) : 0;
    }
    return Math.sqrt(Math.max(0, sum) / 2 / Math.log(2));
  }

  /** The largest difference of the cumulative shares at the ends of the cells. */
  static double kolmogorovSmirnov(double[] reference, double[] live) {
    double m = total(reference);
    double n = total(live);
    double p = 0;
    double q = 0;
    double largest = 0;
    for (int i = 0; i < reference.length; i++) {
      p += reference[i] / m;
      q += live[i] / n;
      largest = Math.max(largest, Math.abs(p - q));
    }
    return largest;
  }

  /**
   * The first Wasserstein distance, each cell's share lying at one point.
   *
   * @param points of the cells, ascending
   */
  static double wasserstein(double[] points, double[] reference, double[] live) {
    double m = total(reference);
    double n = total(live);
    double p = 0;
    double q = 0;
    double sum = 0;
    for (int i = 0; i + 1 < points.length; i++) {
      p += reference[i] / m;
      q += live[i] / n;
      sum += Math.abs(p - q) * (points[i + 1] - points[i]);
    }
    return sum;
  }

  static double total(double[] counts) {
    double sum = 0;
    for (double count : counts) {
      sum += count;
    }
    return sum;
  }
}
