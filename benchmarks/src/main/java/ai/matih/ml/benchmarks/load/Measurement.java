package ai.matih.ml.benchmarks.load;

import java.util.Arrays;
import java.util.List;

/** One round of load on one target. */
public record Measurement(
    long requests,
    double requestsPerSecond,
    double p50Millis,
    double p99Millis,
    double p999Millis) {

  static Measurement of(long[] latenciesNanos, long elapsedNanos) {
    if (latenciesNanos.length == 0) {
      throw new IllegalStateException("no request was answered within a round");
    }
    long[] sorted = latenciesNanos.clone();
    Arrays.sort(sorted);
    return new Measurement(
        sorted.length,
        sorted.length / (elapsedNanos / 1e9),
        quantile(sorted, 0.50) / 1e6,
        quantile(sorted, 0.99) / 1e6,
        quantile(sorted, 0.999) / 1e6);
  }

  /** The smallest value that at least this share of all values does not exceed. */
  static long quantile(long[] sorted, double share) {
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, rank - 1)];
  }

  /** The median of each number over several rounds, and all their requests. */
  public static Measurement median(List<Measurement> rounds) {
    return new Measurement(
        rounds.stream().mapToLong(Measurement::requests).sum(),
        median(rounds.stream().mapToDouble(Measurement::requestsPerSecond).toArray()),
        median(rounds.stream().mapToDouble(Measurement::p50Millis).toArray()),
        median(rounds.stream().mapToDouble(Measurement::p99Millis).toArray()),
        median(rounds.stream().mapToDouble(Measurement::p999Millis).toArray()));
  }

  /** The middle one, or the mean of the two in the middle. */
  public static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
