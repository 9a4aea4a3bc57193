package ai.matih.ml.serving.rollout;

/**
 * A version on its way into the traffic.
 *
 * @param plan what is still to be done
 * @param requestedBy who is named as the author of its steps
 */
public record Rollout(long version, String deploymentId, RolloutPlan plan, String requestedBy) {}
