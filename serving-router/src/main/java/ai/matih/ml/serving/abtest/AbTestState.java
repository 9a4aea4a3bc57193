package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.lifecycle.Phase;
import java.util.Arrays;

/** The phases of an A/B test. */
public enum AbTestState implements Phase {
  /** Asked for; its challenger is not ready yet. */
  WAITING,
  /** Both arms answer, and what comes of it is counted. */
  RUNNING,
  /** Over with a verdict: decided, at its time limit, or concluded by somebody. */
  CONCLUDED,
  /** Over early: somebody stopped it, or the traffic went another way. */
  STOPPED,
  /** Over, and its numbers mean nothing. */
  INVALID;

  @Override
  public boolean isOver() {
    return this == CONCLUDED || this == STOPPED || this == INVALID;
  }

  public static AbTestState ofWire(String wire) {
    return Arrays.stream(values())
        .filter(state -> state.wireName().equals(wire))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no A/B test state " + wire));
  }
}
