package ai.matih.ml.serving.deployment;

import static ai.matih.ml.serving.deployment.DeploymentState.DRAINING;
import static ai.matih.ml.serving.deployment.DeploymentState.FAILED;
import static ai.matih.ml.serving.deployment.DeploymentState.LOADING;
import static ai.matih.ml.serving.deployment.DeploymentState.PENDING;
import static ai.matih.ml.serving.deployment.DeploymentState.READY;
import static ai.matih.ml.serving.deployment.DeploymentState.STOPPED;

import ai.matih.ml.common.lifecycle.Move;

/**
 * Every move a deployment can make; there is no other. A ready deployment never fails: a router
 * that cannot load it keeps itself out of service instead, and the others go on. Nothing leaves
 * STOPPED or FAILED: deploying the version again makes a new deployment, so that what an id served
 * never changes.
 */
public enum DeploymentMove implements Move<DeploymentState> {
  ADMITTED(Move.to(LOADING, "a router may begin", PENDING)),
  LOADED(Move.to(READY, "every router answers for it", LOADING)),
  COULD_NOT_LOAD(Move.to(FAILED, "a router refused the bundle, or time ran out", PENDING, LOADING)),
  WITHDRAWN(Move.to(STOPPED, "deleted before any router began", PENDING)),
  ENDED(Move.to(DRAINING, "deleted, or its version was archived", LOADING, READY)),
  DRAINED(Move.to(STOPPED, "every router acknowledged and nothing is in flight", DRAINING));

  @SuppressWarnings("ImmutableEnumChecker") // never changed
  private final Line<DeploymentState> line;

  DeploymentMove(Line<DeploymentState> line) {
    this.line = line;
  }

  @Override
  public Line<DeploymentState> line() {
    return line;
  }

  /** The table as a Mermaid state diagram, for the docs. */
  public static String diagram() {
    return Move.diagram(DeploymentMove.class, PENDING, "deploy");
  }
}
