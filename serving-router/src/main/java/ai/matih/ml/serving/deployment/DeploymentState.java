package ai.matih.ml.serving.deployment;

import java.util.Arrays;
import java.util.Locale;

/** The phases of a deployment, in the order of a good life. */
public enum DeploymentState {
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

  public boolean isOver() {
    return this == STOPPED || this == FAILED;
  }

  /** The name on the wire. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static DeploymentState ofWire(String wire) {
    return Arrays.stream(values())
        .filter(state -> state.wireName().equals(wire))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no deployment state " + wire));
  }
}
