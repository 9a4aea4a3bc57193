package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.lifecycle.Phase;
import java.util.Arrays;

/** The phases of a deployment, in the order of a good life. */
public enum DeploymentState implements Phase {
  /** Asked for; no router has begun. */
  PENDING,
  /** The routers fetch, verify and warm the model. */
  LOADING,
  /** Every router answers for it. */
  READY,
  /** It gets no new request; those under way finish. */
  DRAINING,
  /** Over, in good order. */
  STOPPED,
  /** Over: it could not be loaded, or may not be. */
  FAILED;

  @Override
  public boolean isOver() {
    return this == STOPPED || this == FAILED;
  }

  public static DeploymentState ofWire(String wire) {
    return Arrays.stream(values())
        .filter(state -> state.wireName().equals(wire))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no deployment state " + wire));
  }
}
