package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.Artifact;
import java.time.Instant;
import java.util.Optional;

/**
 * One version on a model's endpoint.
 *
 * @param stage what the registry last said about the version
 * @param proven whether the registry knows this model file to run; otherwise each router tries it
 *     in a throw-away process before it loads it
 * @param rollout what is still to be done to the traffic; NONE once done
 * @param reason why it is in this state, where that needs saying
 */
public record Deployment(
    String id,
    ModelId model,
    long version,
    DeploymentState state,
    Stage stage,
    Artifact artifact,
    boolean proven,
    RolloutPlan rollout,
    RolloutPlan.Strategy strategy,
    String requestedBy,
    Instant requestedAt,
    Instant stateSince,
    Optional<String> reason) {

  /** The same deployment after a move, with its reason. */
  public Deployment moved(DeploymentMove move, Instant now, Optional<String> why) {
    boolean goesOn = move == DeploymentMove.ADMITTED || move == DeploymentMove.LOADED;
    return new Deployment(
        id,
        model,
        version,
        move.from(state),
        stage,
        artifact,
        proven,
        goesOn ? rollout : RolloutPlan.NONE,
        strategy,
        requestedBy,
        requestedAt,
        now,
        why);
  }

  public Deployment rollingOut(RolloutPlan next, Optional<String> why) {
    return new Deployment(
        id,
        model,
        version,
        state,
        stage,
        artifact,
        proven,
        next,
        next.equals(RolloutPlan.NONE) ? strategy : next.strategy(),
        requestedBy,
        requestedAt,
        stateSince,
        why);
  }

  /** The same deployment, said to have entered the traffic in another way. */
  Deployment by(RolloutPlan.Strategy other) {
    return new Deployment(
        id,
        model,
        version,
        state,
        stage,
        artifact,
        proven,
        rollout,
        other,
        requestedBy,
        requestedAt,
        stateSince,
        reason);
  }

  public Deployment at(Stage next) {
    return new Deployment(
        id,
        model,
        version,
        state,
        next,
        artifact,
        proven,
        rollout,
        strategy,
        requestedBy,
        requestedAt,
        stateSince,
        reason);
  }
}
