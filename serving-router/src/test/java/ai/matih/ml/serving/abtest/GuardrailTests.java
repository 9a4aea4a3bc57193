package ai.matih.ml.serving.abtest;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.serving.abtest.AbTestDesign.Direction;
import ai.matih.ml.serving.abtest.AbTestDesign.Kind;
import ai.matih.ml.serving.abtest.AbTestDesign.Trials;
import ai.matih.ml.serving.abtest.Guardrail.Finding;
import ai.matih.ml.serving.abtest.Tally.GuardrailTally;
import ai.matih.ml.serving.abtest.Tally.Uncounted;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A guardrail ... */
class GuardrailTests {

  private static final Guardrail WAIT =
      new Guardrail("wait", Kind.MEAN, Direction.MINIMIZE, Trials.OUTCOMES, 1, 1);
  private static final Guardrail KEPT =
      new Guardrail("kept", Kind.BINARY, Direction.MAXIMIZE, Trials.OUTCOMES, 0.02, 0.02);

  private static AbTestDesign design(Guardrail... guardrails) {
    return new AbTestDesign(
        new Weight(5000),
        "bought",
        Kind.BINARY,
        Direction.MAXIMIZE,
        Trials.OUTCOMES,
        0.05,
        0.01,
        Optional.of(0.01),
        List.of(guardrails),
        Duration.ofDays(30));
  }

  private static ArmTally mean(long units, double mean) {
    return new ArmTally(units, units, 0, new Moments(mean, 4, 0, 0, 0), 0);
  }

  private static ArmTally rate(long units, double rate) {
    return new ArmTally(units, units, Math.round(units * rate), Moments.NOTHING, 0);
  }

  private static AbVerdict verdict(
      AbTestDesign design, double control, double challenger, GuardrailTally... guardrails) {
    Tally tally =
        new Tally(
            rate(20_000, control),
            rate(20_000, challenger),
            Uncounted.NOTHING,
            List.of(guardrails));
    return InterimAnalysis.first(Instant.EPOCH).next(design, tally, Instant.EPOCH).verdict(design);
  }

  private static GuardrailTally wait(long units, double control, double challenger) {
    return new GuardrailTally("wait", mean(units, control), mean(units, challenger));
  }

  @Test
  void holds_back_what_is_better_until_it_is_known_to_be_held() {
    assertThat(verdict(design(), 0.1, 0.13)).isEqualTo(AbVerdict.BETTER);
    assertThat(verdict(design(WAIT), 0.1, 0.13)).as("nothing told").isEqualTo(AbVerdict.NONE);
    assertThat(verdict(design(WAIT), 0.1, 0.13, wait(150, 10, 10.5))).isEqualTo(AbVerdict.NONE);
    assertThat(verdict(design(WAIT), 0.1, 0.13, wait(10_000, 10, 10.5)))
        .isEqualTo(AbVerdict.BETTER);
    assertThat(verdict(design(WAIT, KEPT), 0.1, 0.13, wait(10_000, 10, 10.5)))
        .isEqualTo(AbVerdict.NONE);
    assertThat(verdict(design(WAIT), 0.1, 0.1, wait(10_000, 10, 10.5)))
        .isEqualTo(AbVerdict.NOT_WORSE);
    assertThat(verdict(design(WAIT), 0.1, 0.1)).isEqualTo(AbVerdict.NONE);
  }

  @Test
  void that_is_broken_makes_worse_what_wins() {
    assertThat(verdict(design(WAIT), 0.1, 0.13, wait(10_000, 10, 11.5))).isEqualTo(AbVerdict.WORSE);
    assertThat(
            verdict(
                design(WAIT, KEPT),
                0.1,
                0.13,
                new GuardrailTally("kept", rate(10_000, 0.5), rate(10_000, 0.4))))
        .isEqualTo(AbVerdict.WORSE);
    assertThat(verdict(design(WAIT), 0.1, 0.07, wait(10_000, 10, 9))).isEqualTo(AbVerdict.WORSE);
  }

  @Test
  void shares_the_promise_with_the_others() {
    assertThat(design(WAIT, KEPT).guardrailAlpha()).isEqualTo(0.025);
    assertThat(design().guardrailAlpha()).isEqualTo(0.05);
  }

  /** Exactly as much worse as the margin allows: held and broken are mistakes alike. */
  @Test
  void is_rarely_judged_at_its_margin() {
    int judged = 0;
    SplittableRandom random = new SplittableRandom(20_261_130);
    for (int test = 0; test < 400; test++) {
      long units = 0;
      double[] sum = new double[2];
      double[] squares = new double[2];
      for (int look = 0; look < 200; look++) {
        units += 50;
        for (int i = 0; i < 100; i++) {
          double value = i % 2 + Math.exp(random.nextGaussian());
          sum[i % 2] += value;
          squares[i % 2] += value * value;
        }
        GuardrailTally tally =
            new GuardrailTally(
                "wait", arm(units, sum[0], squares[0]), arm(units, sum[1], squares[1]));
        if (WAIT.finding(tally, 0.05) != Finding.OPEN) {
          judged++;
          break;
        }
      }
    }
    assertThat(judged).isLessThanOrEqualTo(400 / 20);
  }

  private static ArmTally arm(long units, double sum, double squares) {
    double mean = sum / units;
    return new ArmTally(
        units, units, 0, new Moments(mean, squares / units - mean * mean, 0, 0, 0), 0);
  }
}
