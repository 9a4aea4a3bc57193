package ai.matih.ml.serving.abtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The formulas, against numbers that were computed elsewhere: p-values by integrating the mixture
 * numerically, ratios by products of exact terms, the gamma function by the C library.
 */
class StatisticsTests {

  @ParameterizedTest
  @CsvSource({
    "1000, 100, 1000, 150, 0.05, 0.01, 0.05, 0.0147901994577, 0.2009943861, 0.0666344290972",
    "9500, 48, 500, 9, 0.05, 0.01, 0.0129473684211, 0.00599008920497, 0.3487709859, 0.0188955010666",
    "15000, 1500, 15000, 1650, 0.05, 0.01, 0.01, 0.00353977400409, 0.08641880422, 0.0107438610553",
    "400, 200, 400, 300, 0.01, 0.05, 0.25, 0.0342326598441, 2.306430463e-08, 0.133486055181",
  })
  void a_difference_has_its_error_p_value_and_interval(
      long n0,
      long x0,
      long n1,
      long x1,
      double alpha,
      double tau,
      double difference,
      double error,
      double p,
      double halfWidth) {
    RateDifference rates = new RateDifference(n0, x0, n1, x1);
    MixtureTest test = new MixtureTest(alpha, tau);
    Percentage digits = Percentage.withPercentage(1e-6);
    assertThat(rates.difference()).isCloseTo(difference, digits);
    assertThat(rates.standardError()).isCloseTo(error, digits);
    assertThat(test.pValue(rates.difference(), rates.standardError())).isCloseTo(p, digits);
    assertThat(test.halfWidth(rates.standardError())).isCloseTo(halfWidth, digits);
  }

  @Test
  void the_interval_excludes_zero_exactly_when_the_p_value_is_below_alpha() {
    MixtureTest test = new MixtureTest(0.05, 0.01);
    for (int events = 100; events <= 200; events++) {
      RateDifference rates = new RateDifference(1000, 100, 1000, events);
      double s = rates.standardError();
      assertThat(test.pValue(rates.difference(), s) < 0.05)
          .isEqualTo(Math.abs(rates.difference()) > test.halfWidth(s));
    }
  }

  @Test
  void five_expected_events_and_non_events_are_needed_on_each_arm() {
    assertThat(new RateDifference(1000, 10, 500, 5).isEnough()).isTrue();
    assertThat(new RateDifference(1000, 10, 499, 4).isEnough()).isFalse();
    assertThat(new RateDifference(1000, 990, 500, 495).isEnough()).isTrue();
    assertThat(new RateDifference(1000, 990, 499, 495).isEnough()).isFalse();
    assertThat(new RateDifference(0, 0, 0, 0).isEnough()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "5000, 5000, 0.5, 1",
    "5200, 4800, 0.5, 0.00364786427873",
    "5300, 4700, 0.5, 1.81137091013e-07",
    "9500, 500, 0.05, 1",
    "9600, 400, 0.05, 0.000132555252017",
    "200, 100, 0.5, 6.32576465204e-06",
    "0, 0, 0.3, 1",
  })
  void a_ratio_that_is_off_is_seen(long control, long challenger, double share, double p) {
    assertThat(SampleRatio.pValue(control, challenger, share))
        .isCloseTo(p, Percentage.withPercentage(1e-5));
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 0.5723649429247004",
    "1.0, 0.0",
    "3.7, 1.4280723266653883",
    "12, 17.502307845873887",
    "1000000.25, 12815508.023025157",
  })
  void the_gamma_function_is_good_to_twelve_digits(double x, double logGamma) {
    assertThat(SampleRatio.logGamma(x)).isCloseTo(logGamma, within(1e-12 * Math.max(1, logGamma)));
  }
}
