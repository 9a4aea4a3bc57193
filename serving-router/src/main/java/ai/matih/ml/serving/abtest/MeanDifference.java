package ai.matih.ml.serving.abtest;

/**
 * Two means, or two ratios of means, and what lies between them.
 *
 * <p>A ratio's variance is that of {@code (x - R·y) / mean(y)} over units, by the delta method
 * (Deng, Knoblich, Lu, "Applying the Delta Method in Metric Analytics", KDD 2018); a mean is a
 * ratio with {@code y = 1}. The standard error is pooled within the arms, or the arms' own where
 * that is more: a small arm that saw none of a long tail yet takes itself for exact.
 *
 * @param spread0 the variance of one unit on control
 */
public record MeanDifference(
    long units0, double value0, double spread0, long units1, double value1, double spread1)
    implements Difference {

  /** Fewer units on an arm than this, and a normal distribution says nothing of their mean. */
  public static final long MIN_UNITS = 100;

  /** Of two means. */
  static MeanDifference ofMeans(long units0, Moments control, long units1, Moments challenger) {
    return new MeanDifference(
        units0,
        control.mean(),
        spread(control.variance(), units0),
        units1,
        challenger.mean(),
        spread(challenger.variance(), units1));
  }

  /** Of two ratios. */
  static MeanDifference ofRatios(long units0, Moments control, long units1, Moments challenger) {
    return new MeanDifference(
        units0,
        ratio(control),
        spread(residual(control), units0),
        units1,
        ratio(challenger),
        spread(residual(challenger), units1));
  }

  private static double ratio(Moments moments) {
    return moments.denominatorMean() == 0 ? 0 : moments.mean() / moments.denominatorMean();
  }

  private static double residual(Moments moments) {
    if (moments.denominatorMean() == 0) {
      return 0;
    }
    double ratio = ratio(moments);
    return (moments.variance()
            - 2 * ratio * moments.covariance()
            + ratio * ratio * moments.denominatorVariance())
        / (moments.denominatorMean() * moments.denominatorMean());
  }

  /** Of a sample, from that of its units alone. */
  private static double spread(double variance, long units) {
    return units < 2 ? 0 : Math.max(0, variance) * units / (units - 1.0);
  }

  @Override
  public boolean isEnough() {
    return Math.min(units0, units1) >= MIN_UNITS && spread0 + spread1 > 0;
  }

  @Override
  public double standardError() {
    double own = spread0 / units0 + spread1 / units1;
    double pooled =
        ((units0 - 1) * spread0 + (units1 - 1) * spread1)
            / (units0 + units1 - 2)
            * (1.0 / units0 + 1.0 / units1);
    return Math.sqrt(Math.max(own, pooled));
  }
}
