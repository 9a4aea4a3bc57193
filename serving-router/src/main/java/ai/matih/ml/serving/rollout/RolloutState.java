package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.lifecycle.Phase;
import java.util.Arrays;

/** The phases of a roll-out that advances by itself. */
public enum RolloutState implements Phase {
  /** Asked for; its version is not ready yet. */
  WAITING,
  /** It has its share and goes on when time and evidence allow. */
  RUNNING,
  /** It keeps its share until somebody resumes it; it is judged as ever. */
  PAUSED,
  /** Its last step is done. */
  COMPLETED,
  /** The traffic went back to the stable version. */
  ABORTED,
  /** It never began, or the traffic went another way. */
  ENDED;

  @Override
  public boolean isOver() {
    return this == COMPLETED || this == ABORTED || this == ENDED;
  }

  public static RolloutState ofWire(String wire) {
    return Arrays.stream(values())
        .filter(state -> state.wireName().equals(wire))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no roll-out state " + wire));
  }
}
