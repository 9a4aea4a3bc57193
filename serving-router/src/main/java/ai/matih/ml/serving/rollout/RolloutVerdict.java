package ai.matih.ml.serving.rollout;

import java.util.Locale;
import java.util.Optional;

/**
 * What a look says of a canary.
 *
 * @param because what speaks against it, in words
 */
public record RolloutVerdict(Finding finding, Optional<String> because) {

  /** How a canary does. */
  public enum Finding {
    /** Nothing speaks against it. */
    HEALTHY,
    /** It is worse than the stable version, beyond what chance does. */
    HARM,
    /** There is nothing to compare yet, or what there is leans to harm without being enough. */
    INCONCLUSIVE;

    /** The name on the wire. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** At odds of four to one against it, a canary waits until it looks better, or is harm. */
  private static final double LEANING = 4;

  public static final RolloutVerdict NOTHING_YET =
      new RolloutVerdict(Finding.INCONCLUSIVE, Optional.of("Nothing was compared yet."));

  /** The verdict of a look. */
  static RolloutVerdict of(RolloutDesign design, RolloutEvidence evidence) {
    ArmCounts canary = evidence.canary();
    RolloutDesign.Breaker breaker = design.breaker();
    if (canary.errors() >= breaker.errors() && canary.requests() <= breaker.requests()) {
      return harm(
          "It failed on %d of its first %d requests."
              .formatted(canary.errors(), canary.requests()));
    }
    if (design.errorTest().isHarm(evidence.errors())) {
      return harm("It fails with server errors more often", evidence.errors());
    }
    if (design.latencyTest().isHarm(evidence.latency())) {
      return harm("It is slow more often", evidence.latency());
    }
    if (design.qualityTest().isHarm(evidence.quality())) {
      return harm("Its outcomes are bad more often", evidence.quality());
    }
    if (canary.requests() == 0 || evidence.stable().requests() == 0) {
      return new RolloutVerdict(
          Finding.INCONCLUSIVE, Optional.of("One of the two sides had no request yet."));
    }
    if (design.errorTest().value(evidence.errors()) > LEANING
        || design.latencyTest().value(evidence.latency()) > LEANING
        || design.qualityTest().value(evidence.quality()) > LEANING) {
      return new RolloutVerdict(
          Finding.INCONCLUSIVE,
          Optional.of("What was seen leans to harm and is not enough to say so."));
    }
    return new RolloutVerdict(Finding.HEALTHY, Optional.empty());
  }

  private static RolloutVerdict harm(String what, OddsTest.Evidence evidence) {
    return harm(
        "%s than the stable version: %d of %d against %d of %d in the same time, p = %s."
            .formatted(
                what,
                evidence.canaryBad(),
                evidence.canary(),
                evidence.stableBad(),
                evidence.stable(),
                "%.2g".formatted(evidence.pValue())));
  }

  private static RolloutVerdict harm(String because) {
    return new RolloutVerdict(Finding.HARM, Optional.of(because));
  }
}
