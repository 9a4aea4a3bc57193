package ai.matih.ml.serving.abtest;

import static ai.matih.ml.serving.abtest.AbTestState.CONCLUDED;
import static ai.matih.ml.serving.abtest.AbTestState.INVALID;
import static ai.matih.ml.serving.abtest.AbTestState.RUNNING;
import static ai.matih.ml.serving.abtest.AbTestState.STOPPED;
import static ai.matih.ml.serving.abtest.AbTestState.WAITING;

import ai.matih.ml.common.lifecycle.Move;

/**
 * Every move an A/B test can make; there is no other. Nothing leaves an end: whoever wants to know
 * more starts another test, with another salt, and the verdict of the first one stays on record.
 */
public enum AbTestMove implements Move<AbTestState> {
  STARTED(Move.to(RUNNING, "the challenger is ready and gets its share", WAITING)),
  NEVER_STARTED(Move.to(STOPPED, "stopped before, or it could not begin", WAITING)),
  DECIDED(Move.to(CONCLUDED, "the numbers say better or worse", RUNNING)),
  TIMED_OUT(Move.to(CONCLUDED, "undecided at its time limit", RUNNING)),
  CALLED(Move.to(CONCLUDED, "somebody takes the verdict of this moment", RUNNING)),
  BROKEN_OFF(Move.to(STOPPED, "somebody stopped it, or the traffic changed", RUNNING)),
  SPOILED(Move.to(INVALID, "the sample ratio is off, or an arm was deployed anew", RUNNING));

  @SuppressWarnings("ImmutableEnumChecker") // never changed
  private final Line<AbTestState> line;

  AbTestMove(Line<AbTestState> line) {
    this.line = line;
  }

  @Override
  public Line<AbTestState> line() {
    return line;
  }

  /** The table as a Mermaid state diagram, for the docs. */
  public static String diagram() {
    return Move.diagram(AbTestMove.class, WAITING, "asked for");
  }
}
