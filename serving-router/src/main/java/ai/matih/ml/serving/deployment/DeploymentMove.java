package ai.matih.ml.serving.deployment;

import static ai.matih.ml.serving.deployment.DeploymentState.DRAINING;
import static ai.matih.ml.serving.deployment.DeploymentState.FAILED;
import static ai.matih.ml.serving.deployment.DeploymentState.LOADING;
import static ai.matih.ml.serving.deployment.DeploymentState.PENDING;
import static ai.matih.ml.serving.deployment.DeploymentState.READY;
import static ai.matih.ml.serving.deployment.DeploymentState.STOPPED;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Every move a deployment can make; there is no other. A ready deployment never fails: a router
 * that cannot load it keeps itself out of service instead, and the others go on. Nothing leaves
 * STOPPED or FAILED: deploying the version again makes a new deployment, so that what an id served
 * never changes.
 */
public enum DeploymentMove {
  ADMITTED(LOADING, "a router may begin", PENDING),
  LOADED(READY, "every router answers for it", LOADING),
  COULD_NOT_LOAD(FAILED, "a router refused the bundle, or time ran out", PENDING, LOADING),
  WITHDRAWN(STOPPED, "deleted before any router began", PENDING),
  ENDED(DRAINING, "deleted, or its version was archived", LOADING, READY),
  DRAINED(STOPPED, "every router acknowledged and nothing is in flight", DRAINING);

  @SuppressWarnings("ImmutableEnumChecker") // never handed out, never changed
  private final Set<DeploymentState> from;

  private final DeploymentState to;
  private final String when;

  DeploymentMove(DeploymentState to, String when, DeploymentState first, DeploymentState... more) {
    this.from = EnumSet.of(first, more);
    this.to = to;
    this.when = when;
  }

  public boolean allowedFrom(DeploymentState state) {
    return from.contains(state);
  }

  /** Where the move leads from here. */
  public DeploymentState from(DeploymentState state) {
    if (!allowedFrom(state)) {
      throw new IllegalStateException("a deployment cannot be " + name() + " when it is " + state);
    }
    return to;
  }

  /** The table as a Mermaid state diagram, for the docs. */
  public static String diagram() {
    StringBuilder diagram = new StringBuilder("stateDiagram-v2\n  [*] --> pending: deploy\n");
    for (DeploymentMove move : values()) {
      for (DeploymentState start : move.from) {
        diagram.append(
            "  %s --> %s: %s (%s)\n"
                .formatted(
                    start.wireName(),
                    move.to.wireName(),
                    move.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    move.when));
      }
    }
    for (DeploymentState state : DeploymentState.values()) {
      if (state.isOver()) {
        diagram.append("  %s --> [*]\n".formatted(state.wireName()));
      }
    }
    return diagram.toString();
  }
}
