package ai.matih.ml.serving.drift;

import ai.matih.ml.serving.sketch.Watched;
import ai.matih.ml.serving.sketch.Watched.Kind;
import java.util.List;
import java.util.Optional;

/**
 * What was measured on one distribution against its reference, before anybody judges it. All of it
 * is computed on the cells, not on the single values.
 *
 * @param live counts by cell
 * @param rows how many, which is their sum
 * @param stabilityIndex over the joined cells, smoothed
 * @param expectedIndex what it is on average when nothing changed
 * @param jensenShannon distance, 0 to 1
 * @param chiSquare over the joined cells
 * @param kolmogorov of numbers
 * @param wasserstein of numbers, in their own unit
 * @param spread the standard deviation of the reference, of numbers
 */
@SuppressWarnings("ArrayRecordComponent") // counts that nobody changes or compares
public record Divergence(
    Watched watched,
    long[] live,
    long rows,
    double stabilityIndex,
    double expectedIndex,
    double jensenShannon,
    ChiSquare chiSquare,
    Optional<Kolmogorov> kolmogorov,
    Optional<Double> wasserstein,
    Optional<Double> spread) {

  /** The two-sample test of Kolmogorov and Smirnov; cautious, because cells hide differences. */
  public record Kolmogorov(double statistic, double pValue) {}

  /** Measures; the distribution has a reference and something was counted. */
  static Divergence of(Watched watched, long[] live) {
    double[] reference = referenceCounts(watched);
    double[] counts = doubles(live);
    long rows = 0;
    for (long count : live) {
      rows += count;
    }
    double[][] joined = CommonCells.of(reference, counts);
    Optional<Kolmogorov> kolmogorov = Optional.empty();
    Optional<Double> wasserstein = Optional.empty();
    Optional<Double> spread = Optional.empty();
    if (watched.kind() == Kind.NUMBERS && !watched.edges().isEmpty()) {
      double[] expectedPresent = present(reference);
      double[] present = present(counts);
      double m = Distances.total(expectedPresent);
      double n = Distances.total(present);
      double[] points = points(watched.edges());
      if (m > 0) {
        spread = Optional.of(spread(points, expectedPresent));
      }
      if (m > 0 && n > 0) {
        double largest = Distances.kolmogorovSmirnov(expectedPresent, present);
        kolmogorov =
            Optional.of(
                new Kolmogorov(
                    largest, TailProbability.kolmogorov(Math.sqrt(m * n / (m + n)) * largest)));
        wasserstein = Optional.of(Distances.wasserstein(points, expectedPresent, present));
      }
    }
    return new Divergence(
        watched,
        live,
        rows,
        Distances.stabilityIndex(joined[0], joined[1]),
        Distances.expectedStabilityIndex(joined[0].length, (double) watched.rows(), (double) rows),
        Distances.jensenShannon(reference, counts),
        ChiSquare.of(joined[0], joined[1]),
        kolmogorov,
        wasserstein,
        spread);
  }

  /** What is left of the index when that which chance explains is taken off. */
  public double excessIndex() {
    return Math.max(0, stabilityIndex - expectedIndex);
  }

  /** The band, if the difference is there at all. */
  Severity severity(double adjustedPValue, DriftRules rules) {
    if (rows < rules.minRows()) {
      return Severity.INSUFFICIENT_DATA;
    }
    if (adjustedPValue < rules.falseAlarmRate()) {
      return Severity.of(excessIndex());
    }
    return expectedIndex > Severity.LOW.from() ? Severity.INSUFFICIENT_DATA : Severity.NONE;
  }

  private static double[] referenceCounts(Watched watched) {
    return watched.expected().stream().mapToDouble(share -> share * watched.rows()).toArray();
  }

  static double[] doubles(long[] counts) {
    double[] result = new double[counts.length];
    for (int i = 0; i < counts.length; i++) {
      result[i] = counts[i];
    }
    return result;
  }

  /** All cells but the first. */
  private static double[] present(double[] counts) {
    return java.util.Arrays.copyOfRange(counts, 1, counts.length);
  }

  /** Below: the first edge; a bin: its middle; above: the last edge. */
  private static double[] points(List<Double> edges) {
    double[] points = new double[edges.size() + 1];
    points[0] = edges.getFirst();
    for (int i = 1; i < edges.size(); i++) {
      points[i] = (edges.get(i - 1) + edges.get(i)) / 2;
    }
    points[edges.size()] = edges.getLast();
    return points;
  }

  private static double spread(double[] points, double[] counts) {
    double total = Distances.total(counts);
    double mean = 0;
    for (int i = 0; i < points.length; i++) {
      mean += points[i] * counts[i] / total;
    }
    double variance = 0;
    for (int i = 0; i < points.length; i++) {
      variance += (points[i] - mean) * (points[i] - mean) * counts[i] / total;
    }
    return Math.sqrt(variance);
  }
}
