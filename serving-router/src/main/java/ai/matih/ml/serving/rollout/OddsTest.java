package ai.matih.ml.serving.rollout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Asks whether something bad happens to the canary's requests more often than to those of the
 * stable version in the same moments; valid at every look, however many there are.
 *
 * <p>Each interval between two looks is a table of its own: of {@code N} requests {@code n} went
 * bad, of the canary's {@code Nc} requests {@code c}. Given the other three, {@code c} has under
 * the odds ratio {@code t} Fisher's noncentral hypergeometric distribution {@code P_t}, whatever
 * the level at which things go bad just then, and whatever the canary's share is. So levels that
 * change with the hour and weights that change with the step do no harm. With the tolerated ratio
 * {@code t0}, ratios {@code r > 1} and their weights {@code w}, the product over all intervals
 *
 * <pre>
 *   E = sum over r of w(r) · product of P_{t0·r}(c) / P_{t0}(c)
 * </pre>
 *
 * has a mean of at most 1 as long as the true ratio is at most {@code t0}, and by Ville's
 * inequality it ever reaches {@code 1/alpha} with a probability of at most {@code alpha}. No
 * approximation is involved, so small counts need no guard.
 *
 * <p>Source: Turner, Ly, Grünwald, "Generic E-variables for exact sequential k-sample tests that
 * allow for optional stopping", Journal of Statistical Planning and Inference 230 (2024), for
 * tables of which both margins are known; Robbins, "Statistical methods related to the law of the
 * iterated logarithm" (1970), for mixtures.
 */
public record OddsTest(double tolerance, double alpha) {

  /** Ratios are quarters of a doubling apart, from an eighth to 128 times the tolerated one. */
  private static final int LOWEST = -12;

  private static final int HIGHEST = 28;
  private static final double ALMOST_TOO_LARGE = 1e250;
  private static final int[] QUARTERS = {2, 4, 6, 8, 12, 16};
  private static final double[] WEIGHTS = {0.03, 0.22, 0.6, 0.1, 0.03, 0.02};
  private static final double AT_FIRST = 0.8;

  public OddsTest {
    if (!(tolerance > 0 && alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("a ratio is positive, alpha lies between 0 and 1");
    }
  }

  /** What was seen between two looks. */
  public record Interval(long canary, long canaryBad, long stable, long stableBad) {

    public Interval {
      if (canaryBad < 0 || stableBad < 0 || canaryBad > canary || stableBad > stable) {
        throw new IllegalArgumentException("no more can go bad than there are");
      }
    }

    /** Whether it says anything about the ratio. */
    boolean compares() {
      long bad = canaryBad + stableBad;
      return canary > 0 && stable > 0 && bad > 0 && bad < canary + stable;
    }
  }

  /**
   * What all intervals so far say.
   *
   * @param number of intervals that compared something
   * @param scores the logarithm of the likelihood, less that of equal odds, at each ratio
   * @param begun the logarithm of the likelihood at each alternative, less that at the tolerated
   *     ratio, over all beginnings so far; empty before the first
   * @param pValue always valid: the smallest of all looks
   */
  public record Evidence(
      long number,
      List<Double> scores,
      List<Double> begun,
      double pValue,
      long canary,
      long canaryBad,
      long stable,
      long stableBad) {

    public static final Evidence NONE =
        new Evidence(0, Collections.nCopies(HIGHEST - LOWEST + 1, 0.0), List.of(), 1, 0, 0, 0, 0);

    public Evidence {
      scores = List.copyOf(scores);
      begun = List.copyOf(begun);
    }
  }

  /** The evidence with one interval more. */
  public Evidence after(Evidence before, Interval seen) {
    Evidence next = seen.compares() ? compared(before, seen) : before;
    return new Evidence(
        next.number(),
        next.scores(),
        next.begun(),
        Math.min(before.pValue(), Math.min(1, 1 / value(next))),
        before.canary() + seen.canary(),
        before.canaryBad() + seen.canaryBad(),
        before.stable() + seen.stable(),
        before.stableBad() + seen.stableBad());
  }

  private Evidence compared(Evidence before, Interval seen) {
    double[] gains = gains(seen);
    List<Double> scores = new ArrayList<>();
    for (int i = 0; i < gains.length; i++) {
      scores.add(before.scores().get(i) + gains[i]);
    }
    double begins = Math.log(weightOfBeginning(before.number()));
    List<Double> begun = new ArrayList<>();
    for (int i = 0; i < QUARTERS.length; i++) {
      double known = before.begun().isEmpty() ? begins : logSum(before.begun().get(i), begins);
      begun.add(known + gains[QUARTERS[i] - LOWEST] - gains[-LOWEST]);
    }
    return new Evidence(before.number() + 1, scores, begun, 1, 0, 0, 0, 0);
  }

  /** What an interval adds to the score of each ratio. */
  private double[] gains(Interval seen) {
    double[] growth = growth(seen);
    double equal = logSum(growth, 1);
    long first = Math.max(0, seen.canaryBad() + seen.stableBad() - seen.stable());
    double[] gains = new double[HIGHEST - LOWEST + 1];
    for (int i = 0; i < gains.length; i++) {
      double ratio = tolerance * Math.pow(2, (i + LOWEST) / 4.0);
      gains[i] = (seen.canaryBad() - first) * Math.log(ratio) + equal - logSum(growth, ratio);
    }
    return gains;
  }

  private static double weightOfBeginning(long number) {
    return number == 0 ? AT_FIRST : (1 - AT_FIRST) / ((double) number * (number + 1));
  }

  private static double logSum(double one, double other) {
    double larger = Math.max(one, other);
    return larger + Math.log1p(Math.exp(Math.min(one, other) - larger));
  }

  /** How much better more than the tolerated ratio explains what was seen; 1 says nothing. */
  public double value(Evidence evidence) {
    if (evidence.begun().isEmpty()) {
      return 1;
    }
    double value = (1 - AT_FIRST) / evidence.number();
    for (int i = 0; i < QUARTERS.length; i++) {
      value += WEIGHTS[i] * Math.exp(evidence.begun().get(i));
    }
    return value;
  }

  /** Whether the canary is worse than it may be. */
  public boolean isHarm(Evidence evidence) {
    return evidence.pValue() <= alpha;
  }

  /**
   * The ratio of odds is at least this with a confidence of {@code 1 - alpha}, at this look and all
   * others; in steps of a quarter of a doubling, and not below an eighth of the tolerated ratio.
   */
  public double atLeast(Evidence evidence) {
    int k = LOWEST;
    while (k < -LOWEST && logValue(evidence.scores(), k) >= -Math.log(alpha)) {
      k++;
    }
    return k == LOWEST ? 0 : tolerance * Math.pow(2, (k - 1) / 4.0);
  }

  private static double logValue(List<Double> scores, int nullAt) {
    double highest = Double.NEGATIVE_INFINITY;
    double[] terms = new double[QUARTERS.length];
    for (int i = 0; i < terms.length; i++) {
      terms[i] =
          Math.log(WEIGHTS[i])
              + scores.get(nullAt + QUARTERS[i] - LOWEST)
              - scores.get(nullAt - LOWEST);
      highest = Math.max(highest, terms[i]);
    }
    double sum = 0;
    for (double term : terms) {
      sum += Math.exp(term - highest);
    }
    return highest + Math.log(sum);
  }

  /**
   * How the hypergeometric probabilities follow each other, each as a multiple of the one before.
   */
  private static double[] growth(Interval seen) {
    long bad = seen.canaryBad() + seen.stableBad();
    long first = Math.max(0, bad - seen.stable());
    long last = Math.min(bad, seen.canary());
    double[] growth = new double[(int) (last - first)];
    for (int i = 0; i < growth.length; i++) {
      double c = first + i + 1.0;
      growth[i] = (seen.canary() - c + 1) * (bad - c + 1) / (c * (seen.stable() - bad + c));
    }
    return growth;
  }

  /** The logarithm of the sum of all probabilities, tilted by a ratio; the first one counts 1. */
  private static double logSum(double[] growth, double ratio) {
    double term = 1;
    double sum = 1;
    double scale = 0;
    for (double next : growth) {
      term *= ratio * next;
      sum += term;
      if (sum > ALMOST_TOO_LARGE) {
        scale += Math.log(sum);
        term /= sum;
        sum = 1;
      }
    }
    return scale + Math.log(sum);
  }
}
