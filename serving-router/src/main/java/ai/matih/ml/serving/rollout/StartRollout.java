package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.rollout.GradualRollout.Stable;
import ai.matih.ml.serving.traffic.DeployedTarget;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Begins roll-outs: at once for a version that is ready, else as soon as it is. */
public final class StartRollout {

  private static final String PLATFORM = "platform";

  private final ProposeRollout proposals;
  private final GradualRollouts rollouts;
  private final CanaryTraffic canaries;
  private final RouterCounts counts;
  private final TrafficDocuments documents;
  private final Transactions transactions;
  private final Clock clock;

  public StartRollout(
      ProposeRollout proposals,
      GradualRollouts rollouts,
      CanaryTraffic canaries,
      RouterCounts counts,
      TrafficDocuments documents,
      Transactions transactions,
      Clock clock) {
    this.proposals = proposals;
    this.rollouts = rollouts;
    this.canaries = canaries;
    this.counts = counts;
    this.documents = documents;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** A roll-out of a deployed version, from now on. The same design again is the same roll-out. */
  public GradualRollout now(ModelId model, long version, RolloutDesign design, String by) {
    if (documents.current(model).isEmpty()) {
      throw new Problem(
              ServingError.MODEL_NOT_SERVED, "Model %s was never deployed here.".formatted(model))
          .with("model_id", model.value());
    }
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(model);
          DeployedTarget target =
              canaries
                  .deployed(model, version)
                  .orElseThrow(
                      () ->
                          new Problem(
                                  ServingError.NOT_DEPLOYED,
                                  "Version %d has no deployment; POST /api/v1/ml/models/%s/deploy with the strategy canary makes one."
                                      .formatted(version, model))
                              .with("version", version));
          Optional<GradualRollout> open = rollouts.open(model);
          Optional<Stable> beside =
              open.isPresent()
                  ? Optional.empty()
                  : Optional.of(fit(model, target, design, traffic));
          GradualRollout rollout =
              proposals.propose(model, version, target.deploymentId(), target.digest(), design, by);
          if (rollout.isUnderWay()) {
            return rollout;
          }
          Stable stable = beside.orElseGet(() -> fit(model, target, design, traffic));
          return begin(rollout, stable, traffic);
        });
  }

  /** What the version may be rolled out beside, or a refusal. */
  private Stable fit(
      ModelId model, DeployedTarget target, RolloutDesign design, TrafficDocument traffic) {
    Stable stable = canaries.stable(model, target.version(), traffic);
    refuse(
        canaries.objection(
            model,
            target.version(),
            target.deploymentId(),
            stable,
            design.steps().getFirst().weight()),
        target.version());
    return stable;
  }

  static void refuse(Optional<GradualRollout.Wait> objection, long version) {
    objection.ifPresent(
        wait -> {
          throw new Problem(
                  wait.reason().equals("stage_forbids")
                      ? ServingError.STAGE_FORBIDS
                      : ServingError.TARGET_NOT_READY,
                  wait.message())
              .with("version", version);
        });
  }

  /** Takes a waiting roll-out one step on, if its time has come. */
  boolean step(GradualRollout seen) {
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(seen.model());
          Optional<GradualRollout> now =
              rollouts
                  .find(seen.model(), seen.id())
                  .filter(rollout -> rollout.state() == RolloutState.WAITING);
          if (now.isEmpty()) {
            return false;
          }
          GradualRollout waiting = now.get();
          Optional<DeployedTarget> target =
              canaries
                  .deployed(waiting.model(), waiting.version())
                  .filter(found -> found.deploymentId().equals(waiting.deploymentId()));
          if (target.isEmpty()) {
            return neverStarts(waiting, "Its deployment ended before it was ready.");
          }
          if (!target.get().ready()) {
            return false;
          }
          try {
            Stable stable = canaries.stable(waiting.model(), waiting.version(), traffic);
            refuse(
                canaries.objection(waiting, stable, waiting.current().weight()), waiting.version());
            begin(waiting, stable, traffic);
          } catch (Problem objection) {
            neverStarts(waiting, String.valueOf(objection.getMessage()));
          }
          return true;
        });
  }

  private boolean neverStarts(GradualRollout waiting, String why) {
    rollouts.save(waiting.moved(RolloutMove.NEVER_STARTED, clock.instant(), PLATFORM, why));
    return true;
  }

  private GradualRollout begin(GradualRollout waiting, Stable stable, TrafficDocument traffic) {
    Instant at = clock.instant();
    RolloutEvidence first =
        RolloutEvidence.first(
            at, counts.of(waiting.model(), stable.deploymentId(), waiting.deploymentId()));
    GradualRollout running = waiting.started(stable, at, first);
    rollouts.save(running);
    canaries.give(
        running,
        stable,
        running.current().weight(),
        traffic,
        running.requestedBy(),
        "Step 1 of %d of a roll-out.".formatted(running.design().steps().size()));
    return running;
  }
}
