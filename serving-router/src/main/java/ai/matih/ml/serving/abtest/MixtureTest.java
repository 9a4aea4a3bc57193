package ai.matih.ml.serving.abtest;

/**
 * The mixture sequential probability ratio test of a difference: valid at every interim analysis,
 * however many there are and whenever one stops.
 *
 * <p>With a difference {@code d}, its standard error {@code s} and normal mixing of scale {@code
 * tau}:
 *
 * <pre>
 *   L          = sqrt(s²/(s²+tau²)) · exp(d²·tau² / (2·s²·(s²+tau²)))
 *   p          = min(1, 1/L), its running minimum over the analyses
 *   half width = s · sqrt((s²+tau²)/tau² · (2·ln(1/alpha) + ln((s²+tau²)/s²)))
 * </pre>
 *
 * Source: Johari, Koomen, Pekelis, Walsh, "Always Valid Inference: Continuous Monitoring of A/B
 * Tests", Operations Research 70 (2022), after Robbins, "Statistical methods related to the law of
 * the iterated logarithm" (1970). With an estimated standard error of outcomes that are not normal
 * it is an asymptotic confidence sequence: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas,
 * "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52
 * (2024), whose {@code rho} is {@code tau} over the standard deviation of one unit. {@code tau}
 * must be chosen before the data: it decides for which differences the test is fastest, never
 * whether it is valid. The interval excludes 0 exactly when {@code p < alpha}.
 */
public record MixtureTest(double alpha, double tau) {

  public MixtureTest {
    if (!(alpha > 0 && alpha < 1 && tau > 0)) {
      throw new IllegalArgumentException("alpha lies between 0 and 1, tau above 0");
    }
  }

  /** The p-value of this analysis alone; the caller keeps the minimum over all of them. */
  public double pValue(double difference, double standardError) {
    if (standardError == 0) {
      return 1;
    }
    double s2 = standardError * standardError;
    double t2 = tau * tau;
    double logRatio =
        0.5 * Math.log(s2 / (s2 + t2)) + difference * difference * t2 / (2 * s2 * (s2 + t2));
    return Math.min(1, Math.exp(-logRatio));
  }

  /** Half the width of the confidence sequence at this analysis. */
  public double halfWidth(double standardError) {
    if (standardError == 0) {
      return Double.POSITIVE_INFINITY;
    }
    double s2 = standardError * standardError;
    double t2 = tau * tau;
    return standardError
        * Math.sqrt((s2 + t2) / t2 * (2 * Math.log(1 / alpha) + Math.log((s2 + t2) / s2)));
  }
}
