package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.observation.LatencyHistogram;
import ai.matih.ml.serving.observation.TargetCounts;
import ai.matih.ml.serving.observation.TargetCounts.Assigned;
import ai.matih.ml.serving.rollout.OddsTest.Evidence;
import ai.matih.ml.serving.rollout.OddsTest.Interval;
import ai.matih.ml.serving.rollout.RolloutOutcomes.OutcomeCounts;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a roll-out knows after a look: counts of both sides and what follows from them. Routers
 * count from their own start; a look takes what each of them counted since the look before. What a
 * router counted and did not report before it was killed is lost on both sides alike.
 *
 * @param looks how many there were
 * @param known what each router had counted at this look
 * @param stable since the roll-out began
 * @param canary since the roll-out began
 * @param stepStable since the step began
 * @param stepCanary since the step began
 */
public record RolloutEvidence(
    Instant at,
    long looks,
    Map<String, Known> known,
    ArmCounts stable,
    ArmCounts canary,
    ArmCounts stepStable,
    ArmCounts stepCanary,
    Evidence errors,
    Evidence latency,
    Evidence quality) {

  /** What one router had counted. */
  public record Known(Optional<TargetCounts> stable, Optional<TargetCounts> canary) {}

  public RolloutEvidence {
    known = Map.copyOf(known);
  }

  /** Before anything is counted: what routers had counted before does not count. */
  static RolloutEvidence first(Instant at, List<RouterCounts.Report> reports) {
    return new RolloutEvidence(
        at,
        0,
        known(reports),
        ArmCounts.NOTHING,
        ArmCounts.NOTHING,
        ArmCounts.NOTHING,
        ArmCounts.NOTHING,
        Evidence.NONE,
        Evidence.NONE,
        Evidence.NONE);
  }

  private static Map<String, Known> known(List<RouterCounts.Report> reports) {
    Map<String, Known> known = new HashMap<>();
    reports.forEach(
        report -> known.put(report.router(), new Known(report.stable(), report.canary())));
    return known;
  }

  /** The same where a step begins. */
  RolloutEvidence atStep() {
    return new RolloutEvidence(
        at,
        looks,
        known,
        stable,
        canary,
        ArmCounts.NOTHING,
        ArmCounts.NOTHING,
        errors,
        latency,
        quality);
  }

  /** One look more. */
  RolloutEvidence after(
      RolloutDesign design,
      List<RouterCounts.Report> reports,
      OutcomeCounts outcomes,
      Instant when) {
    ArmCounts stableNew =
        new ArmCounts(
            0,
            0,
            LatencyHistogram.EMPTY,
            outcomes.stable() - stable.outcomes(),
            outcomes.stableBad() - stable.badOutcomes());
    ArmCounts canaryNew =
        new ArmCounts(
            0,
            0,
            LatencyHistogram.EMPTY,
            outcomes.canary() - canary.outcomes(),
            outcomes.canaryBad() - canary.badOutcomes());
    for (RouterCounts.Report report : reports) {
      Optional<Known> before = Optional.ofNullable(known.get(report.router()));
      boolean seen = before.isPresent();
      stableNew = stableNew.plus(added(seen, before.flatMap(Known::stable), report.stable()));
      canaryNew = canaryNew.plus(added(seen, before.flatMap(Known::canary), report.canary()));
    }
    return new RolloutEvidence(
        when,
        looks + 1,
        known(reports),
        stable.plus(stableNew),
        canary.plus(canaryNew),
        stepStable.plus(stableNew),
        stepCanary.plus(canaryNew),
        design.errorTest().after(errors, errors(stableNew, canaryNew)),
        design.latencyTest().after(latency, slow(design, stableNew, canaryNew)),
        design.quality().isPresent()
            ? design.qualityTest().after(quality, quality(stableNew, canaryNew))
            : quality);
  }

  private static Interval errors(ArmCounts stable, ArmCounts canary) {
    return new Interval(canary.requests(), canary.errors(), stable.requests(), stable.errors());
  }

  private static Interval quality(ArmCounts stable, ArmCounts canary) {
    return new Interval(
        canary.outcomes(), canary.badOutcomes(), stable.outcomes(), stable.badOutcomes());
  }

  /** The bar is what the stable version did before this look, so that the look cannot choose it. */
  private Interval slow(RolloutDesign design, ArmCounts stableNew, ArmCounts canaryNew) {
    if (stable.latency().total() == 0) {
      return new Interval(0, 0, 0, 0);
    }
    int range = stable.latency().quantileRange(design.slow().quantile());
    return new Interval(
        canaryNew.latency().total(),
        canaryNew.latency().above(range),
        stableNew.latency().total(),
        stableNew.latency().above(range));
  }

  /** The latency above which an answer is slow, in milliseconds; empty while nothing is known. */
  public Optional<Double> slowAboveMillis(RolloutDesign design) {
    return stable.latency().total() == 0
        ? Optional.empty()
        : Optional.of(stable.latency().quantileMillis(design.slow().quantile()));
  }

  /**
   * What came to a router's counts. Of a router that is seen for the first time, what it counted
   * before the last look may be of before the roll-out.
   */
  private ArmCounts added(boolean seen, Optional<TargetCounts> known, Optional<TargetCounts> now) {
    if (now.isEmpty() || (!seen && now.get().since().isBefore(at))) {
      return ArmCounts.NOTHING;
    }
    Assigned counts = now.get().assigned();
    if (known.isEmpty() || !known.get().since().equals(now.get().since())) {
      return counts(counts);
    }
    Assigned old = known.get().assigned();
    return new ArmCounts(
        Math.max(0, counts.answered() - old.answered()),
        Math.max(0, counts.failed() - old.failed()),
        counts.latency().since(old.latency()),
        0,
        0);
  }

  private static ArmCounts counts(Assigned counts) {
    return new ArmCounts(counts.answered(), counts.failed(), counts.latency(), 0, 0);
  }
}
