package ai.matih.ml.serving.abtest;

/**
 * Two observed rates and what lies between them.
 *
 * <p>The standard error is pooled under the null: {@code sqrt(p(1-p)(1/n0+1/n1))} with {@code p} of
 * both arms together. Where the arms' own variances add up to more, those are taken: the pooled one
 * is blind to a small arm that varies more than the large one. Taking the larger of the two errs on
 * the side of waiting.
 *
 * @param trials0 of control
 * @param trials1 of the challenger
 */
public record RateDifference(long trials0, long events0, long trials1, long events1)
    implements Difference {

  /** Fewer expected events than this, or expected non-events, and no formula below holds. */
  public static final double MIN_EXPECTED = 5;

  public RateDifference {
    if (events0 < 0 || events1 < 0 || events0 > trials0 || events1 > trials1) {
      throw new IllegalArgumentException("a rate lies between 0 and 1");
    }
  }

  @Override
  public double value0() {
    return trials0 == 0 ? 0 : (double) events0 / trials0;
  }

  @Override
  public double value1() {
    return trials1 == 0 ? 0 : (double) events1 / trials1;
  }

  private double pooled() {
    long trials = trials0 + trials1;
    return trials == 0 ? 0 : (double) (events0 + events1) / trials;
  }

  /** Whether both arms may be expected to have seen enough of both results. */
  @Override
  public boolean isEnough() {
    double p = pooled();
    return Math.min(trials0, trials1) * Math.min(p, 1 - p) >= MIN_EXPECTED;
  }

  @Override
  public double standardError() {
    double p = pooled();
    double pooled = p * (1 - p) * (1.0 / trials0 + 1.0 / trials1);
    double own = value0() * (1 - value0()) / trials0 + value1() * (1 - value1()) / trials1;
    return Math.sqrt(Math.max(pooled, own));
  }
}
