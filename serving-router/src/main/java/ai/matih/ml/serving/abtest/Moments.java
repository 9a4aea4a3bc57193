package ai.matih.ml.serving.abtest;

/**
 * Means and variances of what was told of one arm's units; each unit once.
 *
 * @param mean of the outcomes
 * @param variance of them, as of a whole population
 * @param denominatorMean of what they are out of, where they are out of something
 * @param covariance of outcomes and denominators
 */
public record Moments(
    double mean,
    double variance,
    double denominatorMean,
    double denominatorVariance,
    double covariance) {

  public static final Moments NOTHING = new Moments(0, 0, 0, 0, 0);

  /** The same with units of which nothing was told, that count as zero. */
  Moments among(long told, long units) {
    if (told == 0 || units == told) {
      return this;
    }
    double share = (double) told / units;
    double spread = share * (1 - share);
    return new Moments(
        share * mean,
        share * variance + spread * mean * mean,
        share * denominatorMean,
        share * denominatorVariance + spread * denominatorMean * denominatorMean,
        share * covariance + spread * mean * denominatorMean);
  }
}
