package ai.matih.ml.serving.drift;

/** How likely a statistic is to be as large as it is, or larger, when nothing changed. */
final class TailProbability {

  private static final double PRECISION = 1e-16;
  private static final int MOST_TERMS = 100_000;

  /** The coefficients of Lanczos' series for g = 7 with nine terms, after Godfrey (2001). */
  private static final double[] LANCZOS = {
    0.9999999999998099,
    676.5203681218851,
    -1259.1392167224028,
    771.3234287776531,
    -176.6150291621406,
    12.507343278686905,
    -0.13857109526572012,
    9.984369578019572e-6,
    1.5056327351493116e-7
  };

  private TailProbability() {}

  /** Of a chi-square statistic: the regularized upper incomplete gamma function. */
  static double chiSquare(double statistic, int degreesOfFreedom) {
    return upperGamma(degreesOfFreedom / 2.0, statistic / 2);
  }

  /** Of a normal deviate in either direction. */
  static double normal(double deviate) {
    return upperGamma(0.5, deviate * deviate / 2);
  }

  /** Of Kolmogorov's limiting distribution. */
  static double kolmogorov(double statistic) {
    if (statistic <= 0) {
      return 1;
    }
    if (statistic < 0.8) {
      // The other series of the same function; it is the quick one here.
      double sum = 0;
      for (int k = 1; k < 20; k++) {
        double odd = (2 * k - 1) * Math.PI / statistic;
        sum += Math.exp(-odd * odd / 8);
      }
      return 1 - Math.sqrt(2 * Math.PI) / statistic * sum;
    }
    double sum = 0;
    for (int k = 1; k < 100; k++) {
      double term = Math.exp(-2.0 * k * k * statistic * statistic);
      sum += k % 2 == 1 ? term : -term;
      if (term < PRECISION * sum) {
        break;
      }
    }
    return Math.clamp(2 * sum, 0, 1);
  }

  private static double upperGamma(double a, double x) {
    if (x <= 0) {
      return 1;
    }
    double scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
    return Math.clamp(x < a + 1 ? 1 - scale * series(a, x) : scale * fraction(a, x), 0, 1);
  }

  private static double series(double a, double x) {
    double term = 1 / a;
    double sum = term;
    for (int n = 1; n < MOST_TERMS && Math.abs(term) > PRECISION * Math.abs(sum); n++) {
      term *= x / (a + n);
      sum += term;
    }
    return sum;
  }

  /** Lentz's way of evaluating the continued fraction. */
  private static double fraction(double a, double x) {
    double tiny = 1e-300;
    double b = x + 1 - a;
    double c = 1 / tiny;
    double d = 1 / b;
    double value = d;
    for (int n = 1; n < MOST_TERMS; n++) {
      double an = -n * (n - a);
      b += 2;
      d = an * d + b;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      c = b + an / c;
      c = Math.abs(c) < tiny ? tiny : c;
      double factor = d * c;
      value *= factor;
      if (Math.abs(factor - 1) < PRECISION) {
        break;
      }
    }
    return value;
  }

  private static double logGamma(double a) {
    double sum = LANCZOS[0];
    double x = a - 1;
    for (int i = 1; i < LANCZOS.length; i++) {
      sum += LANCZOS[i] / (x + i);
    }
    double t = x + 7.5;
    return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
  }
}
