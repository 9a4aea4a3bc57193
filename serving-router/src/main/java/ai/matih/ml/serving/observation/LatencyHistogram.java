package ai.matih.ml.serving.observation;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How many latencies fell into which range. Four ranges per power of two from one microsecond to
 * about a minute, so that a quantile is at most a quarter too high; histograms of the same target
 * on several routers add up.
 */
@SuppressWarnings(
    "ArrayRecordComponent") // compared in equals below, never handed out to be changed
public record LatencyHistogram(long[] counts) {

  /** How many ranges there are. */
  public static final int RANGES = 104;

  public static final LatencyHistogram EMPTY = new LatencyHistogram(new long[0]);

  public LatencyHistogram {
    if (counts.length > RANGES) {
      throw new IllegalArgumentException("a histogram has at most " + RANGES + " ranges");
    }
    counts = Arrays.copyOf(counts, RANGES);
  }

  /** The range of a latency. */
  public static int range(Duration latency) {
    long micros = Math.max(1, TimeUnit.NANOSECONDS.toMicros(latency.toNanos()));
    int octave = 63 - Long.numberOfLeadingZeros(micros);
    int quarter = (int) (octave >= 2 ? micros >>> (octave - 2) : micros << (2 - octave)) & 3;
    return Math.min(RANGES - 1, 4 * octave + quarter);
  }

  /** The end of a range, in microseconds. */
  private static double end(int range) {
    return Math.scalb(1 + (range % 4 + 1) / 4.0, range / 4);
  }

  public long total() {
    return Arrays.stream(counts).sum();
  }

  public LatencyHistogram plus(LatencyHistogram other) {
    long[] sum = counts.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other.counts[i];
    }
    return new LatencyHistogram(sum);
  }

  /** What came since an earlier histogram of the same counters. */
  public LatencyHistogram since(LatencyHistogram earlier) {
    long[] more = counts.clone();
    for (int i = 0; i < more.length; i++) {
      more[i] = Math.max(0, more[i] - earlier.counts[i]);
    }
    return new LatencyHistogram(more);
  }

  /** The range that this share of answers did not exceed; -1 without answers. */
  public int quantileRange(double share) {
    long wanted = (long) Math.ceil(share * total());
    long seen = 0;
    for (int i = 0; i < counts.length && wanted > 0; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return i;
      }
    }
    return -1;
  }

  /** The latency that this share of answers did not exceed, in milliseconds; 0 without answers. */
  public double quantileMillis(double share) {
    int range = quantileRange(share);
    return range < 0 ? 0 : end(range) / 1000;
  }

  /** How many answers took longer than a range. */
  public long above(int range) {
    return Arrays.stream(counts, range + 1, RANGES).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LatencyHistogram histogram && Arrays.equals(counts, histogram.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }
}
