package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.abtest.Guardrail.Finding;
import java.time.Instant;
import java.util.Optional;

/**
 * One interim analysis of a test: what was counted and what follows from it. The p-values are the
 * smallest of all analyses so far, which is what makes repeating them free.
 *
 * @param number how many analyses there were with this one
 */
public record InterimAnalysis(
    long number, Instant at, Tally tally, double pValue, double ratioPValue) {

  /** Before anything was counted. */
  public static InterimAnalysis first(Instant at) {
    return new InterimAnalysis(0, at, Tally.NOTHING, 1, 1);
  }

  /** The analysis after this one. */
  public InterimAnalysis next(AbTestDesign design, Tally seen, Instant when) {
    Difference between = design.difference(seen);
    double p =
        between.isEnough()
            ? design.test().pValue(between.difference(), between.standardError())
            : 1;
    double ratio =
        SampleRatio.pValue(
            seen.control().units(),
            seen.challenger().units(),
            design.weight().bps() / (double) ai.matih.ml.serving.traffic.Weight.ALL_BPS);
    return new InterimAnalysis(
        number + 1, when, seen, Math.min(pValue, p), Math.min(ratioPValue, ratio));
  }

  /** What may be said now; NONE while it is too early for anything. */
  public AbVerdict verdict(AbTestDesign design) {
    if (ratioPValue < SampleRatio.ALARM) {
      return AbVerdict.INVALID;
    }
    if (broken(design).isPresent()) {
      return AbVerdict.WORSE;
    }
    Difference between = design.difference(tally);
    if (!between.isEnough()) {
      return AbVerdict.NONE;
    }
    boolean held =
        design.guardrails().stream().allMatch(guardrail -> is(guardrail, Finding.HELD, design));
    double gain = gain(design, between.difference());
    if (pValue < design.alpha()) {
      return gain < 0 ? AbVerdict.WORSE : held ? AbVerdict.BETTER : AbVerdict.NONE;
    }
    double worst = gain - design.test().halfWidth(between.standardError());
    return held && design.margin().filter(margin -> worst > -margin).isPresent()
        ? AbVerdict.NOT_WORSE
        : AbVerdict.NONE;
  }

  /** The guardrail that the challenger made worse than it may, if any. */
  Optional<Guardrail> broken(AbTestDesign design) {
    return design.guardrails().stream()
        .filter(guardrail -> is(guardrail, Finding.BROKEN, design))
        .findFirst();
  }

  private boolean is(Guardrail guardrail, Finding finding, AbTestDesign design) {
    return guardrail.finding(tally.of(guardrail), design.guardrailAlpha()) == finding;
  }

  private static double gain(AbTestDesign design, double difference) {
    return switch (design.direction()) {
      case MAXIMIZE -> difference;
      case MINIMIZE -> -difference;
    };
  }
}
