package ai.matih.ml.serving.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.matih.ml.serving.rollout.OddsTest.Evidence;
import ai.matih.ml.serving.rollout.OddsTest.Interval;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The test of odds ... Simulated roll-outs are looked at two hundred times and stopped at the first
 * harm. Seeded, so that a red run is the same run again.
 */
class OddsTestTests {

  private static final OddsTest ERRORS = new OddsTest(1, 0.035);

  /** Sums over {@code math.comb}, in Python: {@code serving-router/src/test/python/vectors.py}. */
  @ParameterizedTest
  @CsvSource(
      value = {
        "1, 50, 4, 950, 10, 16.031677746139714",
        "1, 500, 25, 9500, 95, 9237422.036580043",
        "2, 100, 20, 900, 40, 91.30054234650576",
        "1, 20, 0, 380, 300, 0.2001107329579347",
        "1, 7, 7, 3, 1, 3.037444626476235",
      })
  void is_equal_to_another_computation(
      double tolerance, long canary, long canaryBad, long stable, long stableBad, double value) {
    OddsTest test = new OddsTest(tolerance, 0.05);
    Evidence evidence =
        test.after(Evidence.NONE, new Interval(canary, canaryBad, stable, stableBad));
    assertThat(test.value(evidence)).isCloseTo(value, within(1e-9 * value));
  }

  @Test
  void says_nothing_where_there_is_nothing_to_compare() {
    for (Interval interval :
        new Interval[] {
          new Interval(0, 0, 0, 0),
          new Interval(10, 10, 0, 0),
          new Interval(0, 0, 10, 10),
          new Interval(10, 0, 10, 0),
          new Interval(10, 10, 10, 10)
        }) {
      assertThat(ERRORS.value(ERRORS.after(Evidence.NONE, interval))).isEqualTo(1, within(1e-12));
    }
    assertThatThrownBy(() -> new Interval(1, 2, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new OddsTest(0, 0.05)).isInstanceOf(IllegalArgumentException.class);
  }

  /** The mean over all that can happen is exactly 1: that is what makes looking free. */
  @Test
  void is_worth_one_on_average_where_the_odds_are_equal() {
    double mean = 0;
    for (int c = 0; c <= 12; c++) {
      double probability = choose(30, c) * choose(70, 12 - c) / choose(100, 12);
      Evidence evidence = ERRORS.after(Evidence.NONE, new Interval(30, c, 70, 12 - c));
      mean += probability * ERRORS.value(evidence);
    }
    assertThat(mean).isEqualTo(1, within(1e-12));
  }

  private static double choose(int n, int k) {
    double result = 1;
    for (int i = 1; i <= k; i++) {
      result = result * (n - k + i) / i;
    }
    return result;
  }

  @Test
  void tells_by_how_much_the_odds_are_worse_at_least() {
    Evidence evidence = ERRORS.after(Evidence.NONE, new Interval(5_000, 500, 95_000, 950));
    // The true ratio is 11.
    assertThat(ERRORS.atLeast(evidence)).isBetween(6.0, 11.0);
    assertThat(ERRORS.atLeast(Evidence.NONE)).isZero();
  }

  /** A healthy canary with a twentieth of the traffic. */
  @ParameterizedTest(name = "errors {0}, {1} requests a look")
  @CsvSource({
    "0.005, 400, 4000",
    "0.01, 400, 4000",
    "0.1, 400, 1000",
    "0.005, 2000, 4000",
    "0.01, 2000, 2000",
    "0.1, 2000, 300"
  })
  void rarely_sends_a_healthy_canary_back(double errorRate, int requests, int canaries) {
    assertThat(sentBack(ERRORS, errorRate, requests, canaries)).isLessThanOrEqualTo(0.025);
  }

  @Test
  void hardly_ever_calls_a_canary_slow_that_is_as_quick() {
    assertThat(sentBack(new OddsTest(2, 0.0075), 0.05, 400, 1000)).isLessThanOrEqualTo(0.001);
  }

  private static double sentBack(OddsTest test, double rate, int requests, int canaries) {
    int sentBack = 0;
    SplittableRandom random = new SplittableRandom(20_261_130);
    for (int i = 0; i < canaries; i++) {
      Evidence evidence = Evidence.NONE;
      for (int look = 0; look < 200 && !test.isHarm(evidence); look++) {
        int canary = successes(random, requests, 0.05);
        evidence = test.after(evidence, interval(random, canary, requests - canary, rate, 1));
      }
      sentBack += test.isHarm(evidence) ? 1 : 0;
    }
    return sentBack / (double) canaries;
  }

  /** The table in docs/concepts/traffic.md. */
  @ParameterizedTest(name = "from {0} to {1}")
  @CsvSource({
    "0.01, 0.02, 1000, 3000",
    "0.01, 0.03, 350, 700",
    "0.01, 0.1, 80, 150",
    "0.005, 0.02, 500, 1100",
    "0.1, 0.2, 150, 350",
  })
  void finds_harm_soon(double stableRate, double canaryRate, int median, int ninth) {
    int canaries = 1_000;
    int[] needed = new int[canaries];
    SplittableRandom random = new SplittableRandom(20_261_130);
    for (int i = 0; i < canaries; i++) {
      Evidence errors = Evidence.NONE;
      for (int look = 0; look < 400 && !ERRORS.isHarm(errors); look++) {
        int canary = successes(random, 400, 0.05);
        needed[i] += canary;
        errors =
            ERRORS.after(
                errors,
                interval(random, canary, 400 - canary, stableRate, canaryRate / stableRate));
      }
      if (!ERRORS.isHarm(errors)) {
        needed[i] = Integer.MAX_VALUE;
      }
    }
    java.util.Arrays.sort(needed);
    assertThat(needed[canaries / 2]).isLessThanOrEqualTo(median);
    assertThat(needed[canaries * 9 / 10]).isLessThanOrEqualTo(ninth);
  }

  /** As many good looks as a day has minutes do not hide for long what begins then. */
  @Test
  void finds_harm_that_begins_late() {
    SplittableRandom random = new SplittableRandom(20_261_130);
    int[] needed = new int[200];
    for (int i = 0; i < needed.length; i++) {
      Evidence errors = Evidence.NONE;
      for (int look = 0; look < 1_440; look++) {
        int canary = successes(random, 400, 0.05);
        errors = ERRORS.after(errors, interval(random, canary, 400 - canary, 0.01, 1));
      }
      while (errors.pValue() > 0.035) {
        int canary = successes(random, 400, 0.05);
        needed[i] += canary;
        errors = ERRORS.after(errors, interval(random, canary, 400 - canary, 0.01, 3));
      }
    }
    java.util.Arrays.sort(needed);
    assertThat(needed[needed.length * 9 / 10]).isLessThanOrEqualTo(2_200);
  }

  private static Interval interval(
      SplittableRandom random, int canary, int stable, double rate, double times) {
    return new Interval(
        canary, successes(random, canary, rate * times), stable, successes(random, stable, rate));
  }

  /** A binomial draw by jumping from success to success. */
  private static int successes(SplittableRandom random, int trials, double p) {
    double logQ = Math.log1p(-p);
    int count = 0;
    double at = 0;
    while (true) {
      at += Math.floor(Math.log(1 - random.nextDouble()) / logQ) + 1;
      if (at > trials) {
        return count;
      }
      count++;
    }
  }
}
