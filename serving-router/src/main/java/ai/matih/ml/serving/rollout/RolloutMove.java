package ai.matih.ml.serving.rollout;

import static ai.matih.ml.serving.rollout.RolloutState.ABORTED;
import static ai.matih.ml.serving.rollout.RolloutState.COMPLETED;
import static ai.matih.ml.serving.rollout.RolloutState.ENDED;
import static ai.matih.ml.serving.rollout.RolloutState.PAUSED;
import static ai.matih.ml.serving.rollout.RolloutState.RUNNING;
import static ai.matih.ml.serving.rollout.RolloutState.WAITING;

import ai.matih.ml.common.lifecycle.Move;

/**
 * Every move that a roll-out can make; there is no other. Nothing leaves an end: a version that was
 * sent back is tried again by another roll-out only.
 */
public enum RolloutMove implements Move<RolloutState> {
  STARTED(Move.to(RUNNING, "its version is ready and gets the first step's share", WAITING)),
  NEVER_STARTED(Move.to(ENDED, "it could not begin", WAITING)),
  ADVANCED(Move.to(RUNNING, "time and evidence allow the next step, or somebody does", RUNNING)),
  HELD(Move.to(PAUSED, "somebody pauses it", RUNNING)),
  RESUMED(Move.to(RUNNING, "somebody resumes it", PAUSED)),
  FINISHED(Move.to(COMPLETED, "its last step is done", RUNNING, PAUSED)),
  HARMED(Move.to(ABORTED, "the canary is worse than the stable version", RUNNING, PAUSED)),
  EXPIRED(Move.to(ABORTED, "its time limit came before its last step", RUNNING, PAUSED)),
  GIVEN_UP(Move.to(ABORTED, "somebody aborts it", WAITING, RUNNING, PAUSED)),
  OVERTAKEN(Move.to(ENDED, "the traffic went another way", RUNNING, PAUSED));

  @SuppressWarnings("ImmutableEnumChecker") // never changed
  private final Line<RolloutState> line;

  RolloutMove(Line<RolloutState> line) {
    this.line = line;
  }

  @Override
  public Line<RolloutState> line() {
    return line;
  }

  /** The name on the wire. */
  public String wireName() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The table as a Mermaid state diagram, for the docs. */
  public static String diagram() {
    return Move.diagram(RolloutMove.class, WAITING, "asked for");
  }
}
