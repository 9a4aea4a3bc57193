package ai.matih.ml.serving.abtest;

import java.time.Instant;

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
    RateDifference rates = design.rates(seen);
    double p =
        rates.isEnough() ? design.test().pValue(rates.difference(), rates.standardError()) : 1;
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
    RateDifference rates = design.rates(tally);
    if (!rates.isEnough()) {
      return AbVerdict.NONE;
    }
    double gain = gain(design, rates.difference());
    if (pValue < design.alpha()) {
      return gain > 0 ? AbVerdict.BETTER : AbVerdict.WORSE;
    }
    double worst = gain - design.test().halfWidth(rates.standardError());
    return design.margin().filter(margin -> worst > -margin).isPresent()
        ? AbVerdict.NOT_WORSE
        : AbVerdict.NONE;
  }

  private static double gain(AbTestDesign design, double difference) {
    return switch (design.direction()) {
      case MAXIMIZE -> difference;
      case MINIMIZE -> -difference;
    };
  }
}
