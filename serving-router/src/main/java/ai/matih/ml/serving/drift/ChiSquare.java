package ai.matih.ml.serving.drift;

/**
 * Pearson's test of whether some samples, in the same cells, are of one distribution.
 *
 * @param pValue how likely a statistic as large is when they are
 */
public record ChiSquare(double statistic, int degreesOfFreedom, double pValue) {

  /**
   * Compares samples. A cell that is empty in all of them is none.
   *
   * @param samples counts of the same cells; they need not be whole
   */
  static ChiSquare of(double[]... samples) {
    int cells = samples[0].length;
    double[] totals = new double[samples.length];
    double[] cell = new double[cells];
    double all = 0;
    for (int s = 0; s < samples.length; s++) {
      for (int i = 0; i < cells; i++) {
        totals[s] += samples[s][i];
        cell[i] += samples[s][i];
        all += samples[s][i];
      }
    }
    double statistic = 0;
    int filled = 0;
    for (int i = 0; i < cells; i++) {
      filled += cell[i] > 0 ? 1 : 0;
      for (int s = 0; s < samples.length && cell[i] > 0; s++) {
        double expected = totals[s] * cell[i] / all;
        double off = samples[s][i] - expected;
        statistic += expected > 0 ? off * off / expected : 0;
      }
    }
    int degrees = Math.max(0, (filled - 1) * (samples.length - 1));
    return new ChiSquare(
        statistic, degrees, degrees == 0 ? 1 : TailProbability.chiSquare(statistic, degrees));
  }
}
