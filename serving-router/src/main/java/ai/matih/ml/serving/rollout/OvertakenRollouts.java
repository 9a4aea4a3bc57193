package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import ai.matih.ml.serving.traffic.TrafficListener;
import java.time.Clock;
import java.util.Locale;

/** Ends the roll-out of a model whose traffic somebody or something else changes. */
public final class OvertakenRollouts implements TrafficListener {

  private final GradualRollouts rollouts;
  private final Clock clock;

  public OvertakenRollouts(GradualRollouts rollouts, Clock clock) {
    this.rollouts = rollouts;
    this.clock = clock;
  }

  /**
   * Its own steps have a cause of their own, and when it goes back by itself it is over already.
   */
  @Override
  public void published(TrafficDocument before, TrafficDocument after) {
    if (after.cause() == Cause.ADVANCED) {
      return;
    }
    rollouts
        .open(before.model())
        .filter(GradualRollout::isUnderWay)
        .ifPresent(
            rollout ->
                rollouts.save(
                    rollout.moved(
                        RolloutMove.OVERTAKEN,
                        clock.instant(),
                        after.changedBy(),
                        "The traffic went another way (revision %d, %s by %s)."
                            .formatted(
                                after.revision(),
                                after.cause().name().toLowerCase(Locale.ROOT),
                                after.changedBy()))));
  }
}
