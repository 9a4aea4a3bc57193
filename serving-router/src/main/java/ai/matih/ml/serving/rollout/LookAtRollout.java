package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.rollout.GradualRollout.Stable;
import ai.matih.ml.serving.rollout.GradualRollout.Wait;
import ai.matih.ml.serving.rollout.RolloutDesign.Freeze;
import ai.matih.ml.serving.rollout.RolloutDesign.Step;
import ai.matih.ml.serving.rollout.RolloutVerdict.Finding;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at a roll-out that is under way: takes in what was counted since the last look, sends a
 * canary back that does harm, and takes the next step where nothing is left to wait for. One
 * transaction under the model's lock, so that two routers that look at once count nothing twice.
 */
public final class LookAtRollout {

  static final String PLATFORM = "platform";

  private final GradualRollouts rollouts;
  private final RouterCounts counts;
  private final RolloutOutcomes outcomes;
  private final CanaryTraffic canaries;
  private final TrafficDocuments documents;
  private final Transactions transactions;
  private final Clock clock;

  public LookAtRollout(
      GradualRollouts rollouts,
      RouterCounts counts,
      RolloutOutcomes outcomes,
      CanaryTraffic canaries,
      TrafficDocuments documents,
      Transactions transactions,
      Clock clock) {
    this.rollouts = rollouts;
    this.counts = counts;
    this.outcomes = outcomes;
    this.canaries = canaries;
    this.documents = documents;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Whether the look moved it. */
  boolean look(GradualRollout seen) {
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(seen.model());
          Optional<GradualRollout> now =
              rollouts.find(seen.model(), seen.id()).filter(GradualRollout::isUnderWay);
          if (now.isEmpty()) {
            return false;
          }
          GradualRollout before = now.get();
          GradualRollout after = after(before, traffic);
          return after.revision() > before.revision();
        });
  }

  private GradualRollout after(GradualRollout before, TrafficDocument traffic) {
    Instant at = clock.instant();
    Stable stable = before.stable().orElseThrow();
    RolloutEvidence evidence =
        before
            .evidence()
            .after(
                before.design(),
                counts.of(before.model(), stable.deploymentId(), before.deploymentId()),
                outcomes.count(before.id()),
                at);
    RolloutVerdict verdict = RolloutVerdict.of(before.design(), evidence);
    GradualRollout rollout = before.seen(evidence, verdict, List.of());
    if (verdict.finding() == Finding.HARM) {
      return back(rollout, RolloutMove.HARMED, verdict.because().orElseThrow(), traffic, at);
    }
    boolean expired =
        before
            .startedAt()
            .filter(began -> !began.plus(before.design().maxDuration()).isAfter(at))
            .isPresent();
    if (expired) {
      return back(
          rollout,
          RolloutMove.EXPIRED,
          "It did not finish within %s.".formatted(before.design().maxDuration()),
          traffic,
          at);
    }
    List<Wait> waits = waits(rollout, stable, at);
    if (!waits.isEmpty() || rollout.state() == RolloutState.PAUSED) {
      return saved(before.seen(evidence, verdict, waits));
    }
    return next(rollout, stable, traffic, at);
  }

  private GradualRollout back(
      GradualRollout rollout, RolloutMove move, String why, TrafficDocument traffic, Instant at) {
    if (!canaries.canReturn(rollout)) {
      return saved(
          rollout.seen(
              rollout.evidence(),
              rollout.verdict(),
              List.of(
                  new Wait(
                      "stable_not_ready",
                      "It shall go back (%s), and the stable version is not ready."
                          .formatted(why)))));
    }
    GradualRollout aborted = saved(rollout.moved(move, at, PLATFORM, why));
    canaries.giveBack(aborted, traffic, PLATFORM, why);
    return aborted;
  }

  private GradualRollout next(
      GradualRollout rollout, Stable stable, TrafficDocument traffic, Instant at) {
    int step = rollout.step();
    if (rollout.design().isLast(step)) {
      return saved(rollout.moved(RolloutMove.FINISHED, at, PLATFORM, "Its last step is done."));
    }
    Step next = rollout.design().steps().get(step + 1);
    String why =
        "Step %d of %d: %s of version %d was healthy."
            .formatted(
                step + 2,
                rollout.design().steps().size(),
                requests(rollout.evidence().stepCanary().requests()),
                rollout.version());
    GradualRollout advanced = rollout.advanced(step + 1, at, PLATFORM, why);
    return saved(Steps.taken(advanced, next, stable, traffic, canaries, PLATFORM, why, at));
  }

  private static String requests(long many) {
    return many == 1 ? "1 request" : many + " requests";
  }

  /** What speaks against the next step now. */
  private List<Wait> waits(GradualRollout rollout, Stable stable, Instant at) {
    List<Wait> waits = new ArrayList<>();
    Step step = rollout.current();
    if (rollout.state() == RolloutState.PAUSED) {
      waits.add(new Wait("paused", "Somebody has to resume it."));
    }
    Instant over = rollout.stepSince().plus(step.dwell());
    if (over.isAfter(at)) {
      waits.add(new Wait("dwell", "The step lasts until %s at least.".formatted(over)));
    }
    long requests = rollout.evidence().stepCanary().requests();
    if (requests < step.minimumRequests()) {
      waits.add(
          new Wait(
              "minimum_requests",
              "The canary had %d of %d requests in this step."
                  .formatted(requests, step.minimumRequests())));
    }
    long known = rollout.evidence().canary().outcomes();
    if (known < step.minimumOutcomes()) {
      waits.add(
          new Wait(
              "minimum_outcomes",
              "%d of %d outcomes of the canary's units are known."
                  .formatted(known, step.minimumOutcomes())));
    }
    if (rollout.verdict().finding() == Finding.INCONCLUSIVE) {
      waits.add(new Wait("inconclusive", rollout.verdict().because().orElse("")));
    }
    if (!rollout.design().isLast(rollout.step())) {
      for (Freeze freeze : rollout.design().freeze()) {
        if (freeze.holds(at)) {
          waits.add(new Wait("freeze", "No step is taken before %s.".formatted(freeze.until())));
        }
      }
      Step next = rollout.design().steps().get(rollout.step() + 1);
      canaries.objection(rollout, stable, next.weight()).ifPresent(waits::add);
    }
    return waits;
  }

  private GradualRollout saved(GradualRollout rollout) {
    rollouts.save(rollout);
    return rollout;
  }
}
