package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.rollout.GradualRollout.Stable;
import ai.matih.ml.serving.rollout.RolloutDesign.Step;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Instant;

/** What a step does to the traffic. */
final class Steps {

  private Steps() {}

  /** The roll-out with the traffic of the step that it is at now; over where that is everything. */
  static GradualRollout taken(
      GradualRollout advanced,
      Step step,
      Stable stable,
      TrafficDocument traffic,
      CanaryTraffic canaries,
      String by,
      String why,
      Instant at) {
    canaries.give(advanced, stable, step.weight(), traffic, by, why);
    return step.weight().equals(Weight.ALL)
        ? advanced.moved(RolloutMove.FINISHED, at, by, "It has all traffic.")
        : advanced;
  }
}
