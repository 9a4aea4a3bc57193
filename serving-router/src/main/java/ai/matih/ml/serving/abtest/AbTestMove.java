package ai.matih.ml.serving.abtest;

import static ai.matih.ml.serving.abtest.AbTestState.CONCLUDED;
import static ai.matih.ml.serving.abtest.AbTestState.INVALID;
import static ai.matih.ml.serving.abtest.AbTestState.RUNNING;
import static ai.matih.ml.serving.abtest.AbTestState.STOPPED;
import static ai.matih.ml.serving.abtest.AbTestState.WAITING;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Every move an A/B test can make; there is no other. Nothing leaves an end: whoever wants to know
 * more starts another test, with another salt, and the verdict of the first one stays on record.
 */
public enum AbTestMove {
  STARTED(RUNNING, "the challenger is ready and gets its share", WAITING),
  NEVER_STARTED(STOPPED, "stopped before, or it could not begin", WAITING),
  DECIDED(CONCLUDED, "the numbers say better or worse", RUNNING),
  TIMED_OUT(CONCLUDED, "undecided at its time limit", RUNNING),
  CALLED(CONCLUDED, "somebody takes the verdict of this moment", RUNNING),
  BROKEN_OFF(STOPPED, "somebody stopped it, or the traffic changed", RUNNING),
  SPOILED(INVALID, "the sample ratio is off, or an arm was deployed anew", RUNNING);

  @SuppressWarnings("ImmutableEnumChecker") // never handed out, never changed
  private final Set<AbTestState> from;

  private final AbTestState to;
  private final String when;

  AbTestMove(AbTestState to, String when, AbTestState first, AbTestState... more) {
    this.from = EnumSet.of(first, more);
    this.to = to;
    this.when = when;
  }

  public boolean allowedFrom(AbTestState state) {
    return from.contains(state);
  }

  /** Where the move leads from here. */
  public AbTestState from(AbTestState state) {
    if (!allowedFrom(state)) {
      throw new IllegalStateException("an A/B test cannot be " + name() + " when it is " + state);
    }
    return to;
  }

  /** The table as a Mermaid state diagram, for the docs. */
  public static String diagram() {
    StringBuilder diagram = new StringBuilder("stateDiagram-v2\n  [*] --> waiting: asked for\n");
    for (AbTestMove move : values()) {
      for (AbTestState start : move.from) {
        diagram.append(
            "  %s --> %s: %s (%s)\n"
                .formatted(
                    start.wireName(),
                    move.to.wireName(),
                    move.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    move.when));
      }
    }
    for (AbTestState state : AbTestState.values()) {
      if (state.isOver()) {
        diagram.append("  %s --> [*]\n".formatted(state.wireName()));
      }
    }
    return diagram.toString();
  }
}
