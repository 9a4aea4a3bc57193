package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.rollout.RolloutPlan;
import java.time.Instant;
import java.util.Optional;

/**
 * One version on a model's endpoint.
 *
 * @param engine what computes its answers; never changes
 * @param stage what the registry last answered about the version
 * @param proven whether the version's files are known to run on the engine; otherwise each router
 *     runs the bundle checks in a process of their own before it loads them
 * @param hosting how an engine that starts copies of the model runs them
 * @param inputs what it does with inputs that it does not get
 * @param rollout how it enters the traffic and what is still to be done
 * @param reason why it is in this state, where that needs an explanation
 */
public record Deployment(
    String id,
    ModelId model,
    long version,
    EngineName engine,
    DeploymentState state,
    Stage stage,
    Artifact artifact,
    boolean proven,
    Hosting hosting,
    InputRules inputs,
    RolloutPlan rollout,
    String requestedBy,
    Instant requestedAt,
    Instant stateSince,
    Optional<String> reason) {

  /** The same deployment after a move, with its reason. One that ends is not rolled out further. */
  public Deployment moved(DeploymentMove move, Instant now, Optional<String> why) {
    boolean goesOn = move == DeploymentMove.ADMITTED || move == DeploymentMove.LOADED;
    return with(
        move.from(state), stage, hosting, inputs, goesOn ? rollout : rollout.ended(), now, why);
  }

  /** The same deployment with another plan, or another rest of its plan. */
  public Deployment rollingOut(RolloutPlan plan, Optional<String> why) {
    return with(state, stage, hosting, inputs, plan, stateSince, why);
  }

  public Deployment at(Stage next) {
    return with(state, next, hosting, inputs, rollout, stateSince, reason);
  }

  /** The same deployment on other copies of the model. */
  public Deployment on(Hosting copies) {
    return with(state, stage, copies, inputs, rollout, stateSince, reason);
  }

  /** The same deployment with other rules for its inputs. */
  public Deployment taking(InputRules rules) {
    return with(state, stage, hosting, rules, rollout, stateSince, reason);
  }

  private Deployment with(
      DeploymentState nextState,
      Stage nextStage,
      Hosting copies,
      InputRules rules,
      RolloutPlan plan,
      Instant since,
      Optional<String> why) {
    return new Deployment(
        id,
        model,
        version,
        engine,
        nextState,
        nextStage,
        artifact,
        proven,
        copies,
        rules,
        plan,
        requestedBy,
        requestedAt,
        since,
        why);
  }
}
