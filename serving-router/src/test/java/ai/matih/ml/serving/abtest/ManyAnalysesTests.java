package ai.matih.ml.serving.abtest;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.serving.abtest.AbTestDesign.Direction;
import ai.matih.ml.serving.abtest.AbTestDesign.Kind;
import ai.matih.ml.serving.abtest.AbTestDesign.Trials;
import ai.matih.ml.serving.abtest.Tally.Uncounted;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Thousands of simulated tests, analysed a hundred times and more, stopped at the first verdict:
 * the promise is about all analyses together. Seeded, so that a red run is the same run again.
 */
class ManyAnalysesTests {

  private static final int TESTS = 4_000;

  /** Two equal arms: at 5 % the platform promises to be wrong at most so often. */
  @ParameterizedTest(name = "{0} bps, base rate {1}")
  @CsvSource({"5000, 0.1, 400", "500, 0.1, 400", "5000, 0.005, 2000", "500, 0.005, 2000"})
  void equal_arms_are_rarely_called_different(int weightBps, double rate, int unitsPerAnalysis) {
    Map<AbVerdict, Integer> verdicts =
        simulate(design(weightBps, Optional.empty()), rate, rate, unitsPerAnalysis, 200);
    assertThat(found(verdicts, AbVerdict.BETTER) + found(verdicts, AbVerdict.WORSE))
        .as("%s", verdicts)
        .isLessThanOrEqualTo(TESTS / 20);
    assertThat(found(verdicts, AbVerdict.INVALID)).isLessThanOrEqualTo(TESTS / 100);
  }

  /** A tenth more of 10 %, where a fixed test of 80 % power takes 15,000 units on each arm. */
  @Test
  void a_real_lift_is_found() {
    Map<AbVerdict, Integer> verdicts =
        simulate(design(5_000, Optional.empty()), 0.10, 0.11, 800, 100);
    assertThat(found(verdicts, AbVerdict.BETTER)).as("%s", verdicts).isGreaterThan(TESTS * 9 / 10);
    assertThat(found(verdicts, AbVerdict.WORSE)).isLessThanOrEqualTo(TESTS / 100);
  }

  @Test
  void real_harm_is_found() {
    Map<AbVerdict, Integer> verdicts =
        simulate(design(5_000, Optional.of(0.01)), 0.10, 0.08, 800, 100);
    assertThat(found(verdicts, AbVerdict.WORSE)).as("%s", verdicts).isGreaterThan(TESTS * 9 / 10);
  }

  /** As much worse as the margin allows is the edge at which this verdict is a mistake. */
  @ParameterizedTest(name = "{0} bps, base rate {1}, margin {2}")
  @CsvSource({"5000, 0.1, 0.01", "500, 0.1, 0.01", "500, 0.005, 0.002"})
  void what_is_worse_by_the_margin_is_rarely_called_not_worse(
      int weightBps, double rate, double margin) {
    Map<AbVerdict, Integer> verdicts =
        simulate(design(weightBps, Optional.of(margin)), rate, rate - margin, 1_000, 100);
    assertThat(found(verdicts, AbVerdict.NOT_WORSE) + found(verdicts, AbVerdict.BETTER))
        .as("%s", verdicts)
        .isLessThanOrEqualTo(TESTS / 20);
  }

  @Test
  void an_equal_challenger_is_found_to_be_not_worse() {
    Map<AbVerdict, Integer> verdicts =
        simulate(design(5_000, Optional.of(0.02)), 0.10, 0.10, 800, 100);
    assertThat(found(verdicts, AbVerdict.NOT_WORSE))
        .as("%s", verdicts)
        .isGreaterThan(TESTS * 9 / 10);
  }

  private static AbTestDesign design(int weightBps, Optional<Double> margin) {
    return new AbTestDesign(
        new Weight(weightBps),
        "outcome",
        Kind.BINARY,
        Direction.MAXIMIZE,
        Trials.OUTCOMES,
        0.05,
        0.01,
        margin,
        List.of(),
        Duration.ofDays(30));
  }

  private static int found(Map<AbVerdict, Integer> verdicts, AbVerdict verdict) {
    return verdicts.getOrDefault(verdict, 0);
  }

  /** How often which verdict came first. */
  private static Map<AbVerdict, Integer> simulate(
      AbTestDesign design, double rate0, double rate1, int unitsPerAnalysis, int analyses) {
    Map<AbVerdict, Integer> verdicts = new EnumMap<>(AbVerdict.class);
    SplittableRandom random = new SplittableRandom(20_261_125);
    for (int test = 0; test < TESTS; test++) {
      verdicts.merge(
          firstVerdict(design, rate0, rate1, unitsPerAnalysis, analyses, random), 1, Integer::sum);
    }
    return verdicts;
  }

  private static AbVerdict firstVerdict(
      AbTestDesign design,
      double rate0,
      double rate1,
      int unitsPerAnalysis,
      int analyses,
      SplittableRandom random) {
    InterimAnalysis analysis = InterimAnalysis.first(Instant.EPOCH);
    long units0 = 0;
    long units1 = 0;
    long events0 = 0;
    long events1 = 0;
    for (int i = 0; i < analyses; i++) {
      int challengers = successes(random, unitsPerAnalysis, design.weight().bps() / 10_000.0);
      int controls = unitsPerAnalysis - challengers;
      units0 += controls;
      units1 += challengers;
      events0 += successes(random, controls, rate0);
      events1 += successes(random, challengers, rate1);
      analysis =
          analysis.next(
              design,
              new Tally(
                  new ArmTally(units0, units0, events0, Moments.NOTHING, 0),
                  new ArmTally(units1, units1, events1, Moments.NOTHING, 0),
                  Uncounted.NOTHING,
                  List.of()),
              Instant.EPOCH);
      AbVerdict verdict = analysis.verdict(design);
      if (verdict != AbVerdict.NONE) {
        return verdict;
      }
    }
    return AbVerdict.NONE;
  }

  /**
   * A binomial draw by jumping from success to success; half of it by symmetry where p is large.
   */
  private static int successes(SplittableRandom random, int trials, double p) {
    if (p == 0.5) {
      int count = 0;
      for (int left = trials; left > 0; left -= 64) {
        long bits = random.nextLong();
        count += Long.bitCount(left >= 64 ? bits : bits >>> (64 - left));
      }
      return count;
    }
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
