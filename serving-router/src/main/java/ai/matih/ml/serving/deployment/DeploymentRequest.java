package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.abtest.AbTestDesign;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.rollout.RolloutDesign;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.traffic.Weight;
import java.util.Optional;

/**
 * What somebody wants to be deployed.
 *
 * @param engine left out, the engine that the version is deployed on, or {@link EngineName#ONNX}
 * @param inputs left out, the rules that the deployment has, or {@link InputRules#DEFAULT}
 * @param design of the A/B test, where the plan asks for one
 * @param shadow the share of the units whose requests it gets copies of
 * @param rollout of the steps of a canary that takes them by itself
 */
public record DeploymentRequest(
    ModelId model,
    long version,
    Optional<EngineName> engine,
    HostingChange hosting,
    RolloutPlan plan,
    Optional<InputRules> inputs,
    Optional<AbTestDesign> design,
    Optional<RolloutDesign> rollout,
    Optional<Weight> shadow) {

  /** The share of the traffic that is asked for. */
  Weight share() {
    return design
        .map(AbTestDesign::weight)
        .or(() -> rollout.map(steps -> steps.steps().getFirst().weight()))
        .orElseGet(plan::nextWeight);
  }
}
