package ai.matih.ml.serving.abtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The difference of two means or ratios ... Simulated tests are analysed two hundred times and
 * stopped at the first difference. Seeded, so that a red run is the same run again.
 */
class MeanDifferenceTests {

  private static final int ANALYSES = 200;

  /** By numpy, from the units themselves: {@code src/test/python/vectors.py}. */
  @ParameterizedTest
  @CsvSource({
    "0.05, 1.0, false, 500, 500, 2.0, 2.1115999999999886, 1.8868200022375445, 0.9865416961127488, 10.064110407672436",
    "0.05, 1.0, false, 1900, 100, 5.0, 4.382673684210523, 3.0609763451623078, 0.9529968051500662, 24.330528005169775",
    "0.01, 0.2, true, 4000, 1000, 1.5, 0.5, 0.3997695697138827, 0.9561051536528895, 2.744327364169822",
    "0.05, 0.5, true, 300, 700, 0.25, 0.08573333333333366, 0.7767103048184459, 1.0, 3.612572361214988",
    "0.05, 10.0, false, 150, 150, 0.0, 0.4248666666666594, 3.4474508154127137, 1.0, 10.46358372910508",
  })
  void is_equal_to_another_computation(
      double alpha,
      double tau,
      boolean ratio,
      int control,
      int challenger,
      double shift,
      double difference,
      double error,
      double p,
      double halfWidth) {
    Moments zero = moments(0, control, 0);
    Moments one = moments(1, challenger, shift);
    MeanDifference between =
        ratio
            ? MeanDifference.ofRatios(control, zero, challenger, one)
            : MeanDifference.ofMeans(control, zero, challenger, one);
    MixtureTest test = new MixtureTest(alpha, tau);
    assertThat(between.isEnough()).isTrue();
    assertThat(between.difference()).isCloseTo(difference, within(1e-9 * Math.abs(difference)));
    assertThat(between.standardError()).isCloseTo(error, within(1e-9 * error));
    assertThat(test.pValue(difference, between.standardError())).isCloseTo(p, within(1e-9 * p));
    assertThat(test.halfWidth(between.standardError()))
        .isCloseTo(halfWidth, within(1e-9 * halfWidth));
  }

  /** The same units as in the script. */
  private static Moments moments(int arm, int count, double shift) {
    double[] outcome = new double[count];
    double[] denominator = new double[count];
    double mean = 0;
    double denominatorMean = 0;
    for (int i = 0; i < count; i++) {
      outcome[i] = Math.pow((i * 7919L + arm * 31L) % 1000 / 100.0, 2) + shift;
      denominator[i] = 1 + (i + arm) % 5;
      mean += outcome[i] / count;
      denominatorMean += denominator[i] / count;
    }
    double variance = 0;
    double denominatorVariance = 0;
    double covariance = 0;
    for (int i = 0; i < count; i++) {
      double x = outcome[i] - mean;
      double y = denominator[i] - denominatorMean;
      variance += x * x / count;
      denominatorVariance += y * y / count;
      covariance += x * y / count;
    }
    return new Moments(mean, variance, denominatorMean, denominatorVariance, covariance);
  }

  @Test
  void counts_units_of_which_nothing_was_told_as_zero() {
    // 3, 5 and two zeros.
    Moments among = new Moments(4, 1, 0, 0, 0).among(2, 4);
    assertThat(among.mean()).isEqualTo(2);
    assertThat(among.variance()).isCloseTo(4.5, within(1e-12));
    assertThat(new Moments(4, 1, 0, 0, 0).among(2, 2).variance()).isEqualTo(1);
    assertThat(Moments.NOTHING.among(0, 4)).isEqualTo(Moments.NOTHING);
  }

  @Test
  void says_nothing_of_few_units_or_of_units_that_are_all_alike() {
    Moments some = new Moments(4, 1, 0, 0, 0);
    assertThat(MeanDifference.ofMeans(100, some, 99, some).isEnough()).isFalse();
    assertThat(MeanDifference.ofMeans(100, some, 100, some).isEnough()).isTrue();
    Moments alike = new Moments(4, 0, 0, 0, 0);
    assertThat(MeanDifference.ofMeans(100, alike, 100, alike).isEnough()).isFalse();
    assertThat(MeanDifference.ofRatios(100, some, 100, some).isEnough()).isFalse();
  }

  /** Lognormal outcomes, whose skewness is 6 and 33. */
  @ParameterizedTest(name = "sigma {0}, challenger {1}, {2} units an analysis")
  @CsvSource({"1, 0.5, 100", "1, 0.05, 200", "1.5, 0.5, 100", "1.5, 0.05, 200"})
  void is_rarely_found_where_there_is_none(double sigma, double share, int units) {
    int tests = 1_000;
    int found = 0;
    SplittableRandom random = new SplittableRandom(20_261_130);
    for (int i = 0; i < tests; i++) {
      found += decides(random, sigma, share, units, 1) ? 1 : 0;
    }
    assertThat(found).isLessThanOrEqualTo(tests / 20);
  }

  @Test
  void is_found_where_there_is_one() {
    int found = 0;
    SplittableRandom random = new SplittableRandom(20_261_130);
    for (int i = 0; i < 100; i++) {
      found += decides(random, 1, 0.5, 400, 1.15) ? 1 : 0;
    }
    assertThat(found).isGreaterThanOrEqualTo(90);
  }

  private static boolean decides(
      SplittableRandom random, double sigma, double share, int units, double times) {
    MixtureTest test = new MixtureTest(0.05, 0.1 * Math.exp(sigma * sigma / 2));
    Sums control = new Sums();
    Sums challenger = new Sums();
    for (int analysis = 0; analysis < ANALYSES; analysis++) {
      for (int unit = 0; unit < units; unit++) {
        double outcome = Math.exp(sigma * random.nextGaussian());
        if (random.nextDouble() < share) {
          challenger.add(times * outcome);
        } else {
          control.add(outcome);
        }
      }
      MeanDifference between =
          MeanDifference.ofMeans(
              control.count, control.moments(), challenger.count, challenger.moments());
      if (between.isEnough() && test.pValue(between.difference(), between.standardError()) < 0.05) {
        return true;
      }
    }
    return false;
  }

  private static final class Sums {
    private long count;
    private double sum;
    private double squares;

    void add(double outcome) {
      count++;
      sum += outcome;
      squares += outcome * outcome;
    }

    Moments moments() {
      double mean = sum / count;
      return new Moments(mean, squares / count - mean * mean, 0, 0, 0);
    }
  }
}
