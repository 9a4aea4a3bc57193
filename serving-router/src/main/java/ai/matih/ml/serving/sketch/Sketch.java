package ai.matih.ml.serving.sketch;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.observation.LatencyHistogram;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What one version was asked and answered on one arm of this router since the last time somebody
 * took it out.
 *
 * <p>The counts lie in stripes. Whoever counts takes a whole stripe for the length of one
 * prediction, by one compare-and-set, and then counts in plain memory; whoever finds a stripe taken
 * goes on to the next one. Nobody waits: if all are taken, the prediction is not counted, and that
 * is.
 */
final class Sketch {

  /** Twice as many as may count at once, within bounds; a power of two. */
  private static final int STRIPES =
      Integer.highestOneBit(Math.clamp(4L * Runtime.getRuntime().availableProcessors() - 1, 8, 16));

  private final Reference reference;
  private final CellCounter[] counters;
  private final int confidence;
  private final Stripe[] stripes = new Stripe[STRIPES];
  private final LongAdder dropped;

  /**
   * @param dropped counts what found no place
   */
  Sketch(Reference reference, Signature signature, LongAdder dropped) {
    this.reference = reference;
    this.counters = CellCounter.of(reference, signature);
    this.confidence = Reference.SUMS * counters.length;
    this.dropped = dropped;
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new Stripe(reference);
    }
  }

  Reference reference() {
    return reference;
  }

  private static final class Stripe {
    private final AtomicBoolean taken = new AtomicBoolean();
    private final long[] cells;
    private final double[] sums;
    private final long[] latency = new long[LatencyHistogram.RANGES];
    private long answered;
    private long rows;
    private long failed;
    private long refused;

    Stripe(Reference reference) {
      this.cells = new long[reference.cells()];
      this.sums = new double[reference.sums()];
    }
  }

  /** Counts an answer. */
  void answered(Batch batch, Scores scores, Duration latency) {
    Stripe stripe = take();
    if (stripe != null) {
      try {
        for (CellCounter counter : counters) {
          counter.count(batch, scores, stripe.cells, stripe.sums);
        }
        if (reference.classes() > 0) {
          confidence(scores, stripe.sums);
        }
        stripe.latency[LatencyHistogram.range(latency)]++;
        stripe.answered++;
        stripe.rows += batch.rows();
      } finally {
        stripe.taken.setRelease(false);
      }
    }
  }

  /** Rows, the probability of the chosen class, what the Brier score and the log loss would be. */
  private void confidence(Scores scores, double[] sums) {
    int width = scores.signature().width();
    for (int row = 0; row < scores.rows(); row++) {
      double best = 0;
      double brier = 0;
      double entropy = 0;
      for (int i = 0; i < width; i++) {
        double p = scores.value(row, i);
        best = Math.max(best, p);
        brier += p * (1 - p);
        entropy -= p > 0 ? p * Math.log(p) : 0;
      }
      // A broken model's NaN would spoil the sums for all others.
      if (brier + entropy < Double.POSITIVE_INFINITY) {
        sums[confidence]++;
        sums[confidence + 1] += best;
        sums[confidence + 2] += brier;
        sums[confidence + 3] += entropy;
      }
    }
  }

  /**
   * Counts a request that got no answer.
   *
   * @param ours whether it was sound
   */
  void failed(boolean ours) {
    Stripe stripe = take();
    if (stripe != null) {
      stripe.failed += ours ? 1 : 0;
      stripe.refused += ours ? 0 : 1;
      stripe.taken.setRelease(false);
    }
  }

  private @org.jspecify.annotations.Nullable Stripe take() {
    // Threads begin at different stripes; the multiplication spreads neighbouring ids.
    int start = (int) ((Thread.currentThread().threadId() * 0x9E3779B97F4A7C15L) >>> 56);
    for (int i = 0; i < STRIPES; i++) {
      Stripe stripe = stripes[(start + i) & (STRIPES - 1)];
      if (!stripe.taken.getPlain() && stripe.taken.compareAndSet(false, true)) {
        return stripe;
      }
    }
    dropped.increment();
    return null;
  }

  /** Takes out what was counted since the last time; the others go on meanwhile. */
  Tally takeOut() {
    long[] cells = new long[reference.cells()];
    double[] sums = new double[reference.sums()];
    long[] latency = new long[LatencyHistogram.RANGES];
    long[] requests = new long[4];
    for (Stripe stripe : stripes) {
      alone(
          stripe,
          mine -> {
            for (int i = 0; i < cells.length; i++) {
              cells[i] += mine.cells[i];
            }
            for (int i = 0; i < sums.length; i++) {
              sums[i] += mine.sums[i];
            }
            for (int i = 0; i < latency.length; i++) {
              latency[i] += mine.latency[i];
            }
            requests[0] += mine.answered;
            requests[1] += mine.rows;
            requests[2] += mine.failed;
            requests[3] += mine.refused;
            Arrays.fill(mine.cells, 0);
            Arrays.fill(mine.sums, 0);
            Arrays.fill(mine.latency, 0);
            mine.answered = 0;
            mine.rows = 0;
            mine.failed = 0;
            mine.refused = 0;
          });
    }
    return new Tally(
        requests[0],
        requests[1],
        requests[2],
        requests[3],
        cells,
        sums,
        new LatencyHistogram(latency));
  }

  /** Waits for a stripe: nobody holds one longer than a prediction is counted. */
  private static void alone(Stripe stripe, Consumer<Stripe> work) {
    while (!stripe.taken.compareAndSet(false, true)) {
      LockSupport.parkNanos(1_000);
    }
    try {
      work.accept(stripe);
    } finally {
      stripe.taken.setRelease(false);
    }
  }
}
