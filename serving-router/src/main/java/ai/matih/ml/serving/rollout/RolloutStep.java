package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.traffic.Weight;

/**
 * One step of a roll-out.
 *
 * @param weight the share of the traffic that the version has after it
 */
public record RolloutStep(Weight weight) {

  public RolloutStep {
    if (weight.equals(Weight.NONE)) {
      throw new IllegalArgumentException("a step of a roll-out gives some traffic");
    }
  }
}
