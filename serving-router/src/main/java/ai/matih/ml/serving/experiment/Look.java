package ai.matih.ml.serving.experiment;

import java.time.Instant;

/**
 * One look at a test: what was counted and what follows from it. The p-values are the smallest of
 * all looks so far, which is what makes looking free.
 *
 * @param number how many looks there were with this one
 */
public record Look(long number, Instant at, Tally tally, double pValue, double ratioPValue) {

  /** Before anything was counted. */
  public static Look first(Instant at) {
    return new Look(0, at, Tally.NOTHING, 1, 1);
  }

  /** The look after this one. */
  public Look next(AbTerms terms, Tally seen, Instant when) {
    RateDifference rates = terms.rates(seen);
    double p =
        rates.isEnough() ? terms.test().pValue(rates.difference(), rates.standardError()) : 1;
    double ratio =
        SampleRatio.pValue(
            seen.control().units(),
            seen.challenger().units(),
            terms.weight().bps() / (double) ai.matih.ml.serving.traffic.Weight.ALL_BPS);
    return new Look(number + 1, when, seen, Math.min(pValue, p), Math.min(ratioPValue, ratio));
  }

  /** What may be said now; NONE while it is too early for anything. */
  public AbVerdict verdict(AbTerms terms) {
    if (ratioPValue < SampleRatio.ALARM) {
      return AbVerdict.INVALID;
    }
    RateDifference rates = terms.rates(tally);
    if (!rates.isEnough()) {
      return AbVerdict.NONE;
    }
    double gain = gain(terms, rates.difference());
    if (pValue < terms.alpha()) {
      return gain > 0 ? AbVerdict.BETTER : AbVerdict.WORSE;
    }
    double worst = gain - terms.test().halfWidth(rates.standardError());
    return terms.margin().filter(margin -> worst > -margin).isPresent()
        ? AbVerdict.NOT_WORSE
        : AbVerdict.NONE;
  }

  private static double gain(AbTerms terms, double difference) {
    return switch (terms.direction()) {
      case MAXIMIZE -> difference;
      case MINIMIZE -> -difference;
    };
  }
}
