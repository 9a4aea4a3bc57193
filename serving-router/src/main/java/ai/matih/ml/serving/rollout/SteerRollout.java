package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.rollout.GradualRollout.Stable;
import ai.matih.ml.serving.rollout.RolloutDesign.Step;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;

/** What people do to a roll-out. Each act done already changes nothing and answers the same. */
public final class SteerRollout {

  /** How far a promotion goes. */
  public enum PromoteTo {
    /** The next step, now. */
    NEXT,
    /** The last step, now, which ends the roll-out. */
    LAST
  }

  /**
   * Who acts and why.
   *
   * @param expected the revision that they saw, where they say so
   */
  public record Act(String by, Optional<String> reason, Optional<Long> expected) {

    String inWords(String what) {
      return "%s by %s%s".formatted(what, by, reason.map(why -> ": " + why).orElse("."));
    }
  }

  private final GradualRollouts rollouts;
  private final CanaryTraffic canaries;
  private final TrafficDocuments documents;
  private final Transactions transactions;
  private final Clock clock;

  public SteerRollout(
      GradualRollouts rollouts,
      CanaryTraffic canaries,
      TrafficDocuments documents,
      Transactions transactions,
      Clock clock) {
    this.rollouts = rollouts;
    this.canaries = canaries;
    this.documents = documents;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Takes no step by itself until it is resumed; a canary that does harm is sent back as ever. */
  public GradualRollout pause(ModelId model, String id, Act act) {
    return under(
        model,
        id,
        act,
        (rollout, _) ->
            switch (rollout.state()) {
              case PAUSED -> rollout;
              case RUNNING -> moved(rollout, RolloutMove.HELD, act, "Paused");
              case WAITING, COMPLETED, ABORTED, ENDED -> throw notUnderWay(rollout);
            });
  }

  public GradualRollout resume(ModelId model, String id, Act act) {
    return under(
        model,
        id,
        act,
        (rollout, _) ->
            switch (rollout.state()) {
              case RUNNING -> rollout;
              case PAUSED -> moved(rollout, RolloutMove.RESUMED, act, "Resumed");
              case WAITING, COMPLETED, ABORTED, ENDED -> throw notUnderWay(rollout);
            });
  }

  /** Gives the traffic back to the stable version. */
  public GradualRollout abort(ModelId model, String id, Act act) {
    return under(
        model,
        id,
        act,
        (rollout, traffic) ->
            switch (rollout.state()) {
              case ABORTED -> rollout;
              case WAITING -> moved(rollout, RolloutMove.GIVEN_UP, act, "Aborted");
              case COMPLETED, ENDED -> throw notUnderWay(rollout);
              case RUNNING, PAUSED -> {
                if (!canaries.canReturn(rollout)) {
                  throw new Problem(
                      ServingError.TARGET_NOT_READY,
                      "The stable version is not ready; PUT the traffic that you want.");
                }
                GradualRollout aborted = moved(rollout, RolloutMove.GIVEN_UP, act, "Aborted");
                canaries.giveBack(aborted, traffic, act.by(), act.inWords("Aborted"));
                yield aborted;
              }
            });
  }

  /** Takes a step that somebody answers for: neither time nor evidence nor a freeze holds it. */
  public GradualRollout promote(ModelId model, String id, PromoteTo to, Act act) {
    return under(
        model,
        id,
        act,
        (rollout, traffic) ->
            switch (rollout.state()) {
              case COMPLETED -> rollout;
              case WAITING, ABORTED, ENDED -> throw notUnderWay(rollout);
              case RUNNING, PAUSED -> promoted(rollout, to, act, traffic);
            });
  }

  private GradualRollout promoted(
      GradualRollout rollout, PromoteTo to, Act act, TrafficDocument traffic) {
    Instant at = clock.instant();
    Stable stable = rollout.stable().orElseThrow();
    int last = rollout.design().steps().size() - 1;
    int step = to == PromoteTo.LAST ? last : Math.min(rollout.step() + 1, last);
    String why = act.inWords("Promoted");
    GradualRollout promoted = rollout;
    if (step > rollout.step()) {
      Step next = rollout.design().steps().get(step);
      StartRollout.refuse(canaries.objection(rollout, stable, next.weight()), rollout.version());
      GradualRollout running =
          rollout.state() == RolloutState.PAUSED
              ? rollout.moved(RolloutMove.RESUMED, at, act.by(), why)
              : rollout;
      promoted =
          Steps.taken(
              running.advanced(step, at, act.by(), why),
              next,
              stable,
              traffic,
              canaries,
              act.by(),
              why,
              at);
    }
    if (!promoted.state().isOver() && (to == PromoteTo.LAST || rollout.step() == last)) {
      promoted = promoted.moved(RolloutMove.FINISHED, at, act.by(), why);
    }
    rollouts.save(promoted);
    return promoted;
  }

  private GradualRollout moved(GradualRollout rollout, RolloutMove move, Act act, String what) {
    GradualRollout moved = rollout.moved(move, clock.instant(), act.by(), act.inWords(what));
    rollouts.save(moved);
    return moved;
  }

  private static Problem notUnderWay(GradualRollout rollout) {
    return new Problem(
            ServingError.ROLLOUT_NOT_UNDER_WAY,
            "The roll-out is %s%s"
                .formatted(
                    rollout.state().wireName(),
                    rollout.reason().map(why -> ": " + why).orElse(".")))
        .with("rollout_id", rollout.id())
        .with("status", rollout.state().wireName());
  }

  private GradualRollout under(
      ModelId model,
      String id,
      Act act,
      BiFunction<GradualRollout, TrafficDocument, GradualRollout> decision) {
    require(model, id);
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(model);
          GradualRollout rollout = require(model, id);
          if (act.expected().filter(seen -> seen != rollout.revision()).isPresent()) {
            throw new Problem(
                    CommonError.STALE_REVISION,
                    "The roll-out is at revision %d now.".formatted(rollout.revision()))
                .with("revision", rollout.revision());
          }
          return decision.apply(rollout, traffic);
        });
  }

  private GradualRollout require(ModelId model, String id) {
    return rollouts
        .find(model, id)
        .orElseThrow(
            () ->
                new Problem(ServingError.ROLLOUT_NOT_FOUND, "There is no such roll-out.")
                    .with("rollout_id", id));
  }
}
