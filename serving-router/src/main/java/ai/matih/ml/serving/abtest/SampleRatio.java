package ai.matih.ml.serving.abtest;

/**
 * Asks whether the units came to the arms in the promised ratio, at every interim analysis anew. A
 * ratio that is off means that something else than chance chose who is counted (answers of one arm
 * that fail or get lost, for example), and no comparison holds then.
 *
 * <p>The sequential test of counts with a Beta mixture around the promised share {@code q} of
 * concentration {@code k}; with {@code a = k·q}, {@code b = k·(1-q)}:
 *
 * <pre>
 *   L = B(a+n1, b+n0) / B(a, b) / (q^n1 · (1-q)^n0),   p = min(1, 1/L)
 * </pre>
 *
 * Source: Lindon, Malek, "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022.
 */
public final class SampleRatio {

  /** A promised ratio is called broken once in a thousand sound tests, over all their analyses. */
  public static final double ALARM = 0.001;

  private static final double CONCENTRATION = 100;

  private SampleRatio() {}

  /** The p-value of this analysis alone; the caller keeps the minimum over all of them. */
  public static double pValue(long control, long challenger, double challengerShare) {
    double a = CONCENTRATION * challengerShare;
    double b = CONCENTRATION - a;
    double logRatio =
        logBeta(a + challenger, b + control)
            - logBeta(a, b)
            - challenger * Math.log(challengerShare)
            - control * Math.log1p(-challengerShare);
    return Math.min(1, Math.exp(-logRatio));
  }

  private static double logBeta(double a, double b) {
    return logGamma(a) + logGamma(b) - logGamma(a + b);
  }

  /**
   * Stirling's series, moved up to where it is good to the last digits (Abramowitz and Stegun,
   * 6.1.41).
   */
  static double logGamma(double x) {
    double shift = 0;
    double z = x;
    while (z < 12) {
      shift += Math.log(z);
      z++;
    }
    double r = 1 / (z * z);
    double series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680)))) / z;
    return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
  }
}
