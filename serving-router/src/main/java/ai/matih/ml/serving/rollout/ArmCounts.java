package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.observation.LatencyHistogram;

/**
 * What was counted on one side of a roll-out.
 *
 * @param answered requests that the traffic gave to it and that it answered
 * @param errors sound requests among those that the traffic gave to it on which it failed
 * @param latency of the answered ones
 * @param outcomes units of it whose outcome is known
 * @param badOutcomes those among them that went badly
 */
public record ArmCounts(
    long answered, long errors, LatencyHistogram latency, long outcomes, long badOutcomes) {

  public static final ArmCounts NOTHING = new ArmCounts(0, 0, LatencyHistogram.EMPTY, 0, 0);

  public long requests() {
    return answered + errors;
  }

  ArmCounts plus(ArmCounts other) {
    return new ArmCounts(
        answered + other.answered,
        errors + other.errors,
        latency.plus(other.latency),
        outcomes + other.outcomes,
        badOutcomes + other.badOutcomes);
  }
}
