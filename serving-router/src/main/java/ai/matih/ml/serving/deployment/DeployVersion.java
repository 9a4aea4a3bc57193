package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.abtest.AbTerms;
import ai.matih.ml.serving.abtest.StartTest;
import ai.matih.ml.serving.deployment.RegisteredVersion.OnnxStanding;
import ai.matih.ml.serving.deployment.RolloutPlan.Strategy;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.StageRule;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/**
 * Puts a version on its model's endpoint. Asking twice is the same as asking once: a version has at
 * most one living deployment, and a second request only replaces the plan of its roll-out.
 */
public final class DeployVersion {

  private final Registry registry;
  private final Deployments deployments;
  private final TrafficDocuments documents;
  private final Transactions transactions;
  private final StageRule rule;
  private final StartTest tests;
  private final Clock clock;

  public DeployVersion(
      Registry registry,
      Deployments deployments,
      TrafficDocuments documents,
      Transactions transactions,
      StageRule rule,
      StartTest tests,
      Clock clock) {
    this.registry = registry;
    this.deployments = deployments;
    this.documents = documents;
    this.transactions = transactions;
    this.rule = rule;
    this.tests = tests;
    this.clock = clock;
  }

  /**
   * Stores the deployment; routers do the rest.
   *
   * @param terms of the A/B test, where the plan asks for one
   */
  public Deployment deploy(
      ModelId model, long version, RolloutPlan plan, Optional<AbTerms> terms, String by) {
    RegisteredVersion registered =
        registry
            .version(model, version)
            .orElseThrow(
                () ->
                    new Problem(
                            ServingError.VERSION_NOT_FOUND,
                            "The registry knows no version %d of %s.".formatted(version, model))
                        .with("model_id", model.value())
                        .with("version", version));
    refuseBarred(registered);
    refuseByStage(registered, plan);
    return transactions.call(
        () -> {
          Deployment deployment = store(registered, plan, by);
          terms.ifPresent(
              t -> tests.propose(model, version, deployment.artifact().digest().value(), t, by));
          return deployment;
        });
  }

  private Deployment store(RegisteredVersion registered, RolloutPlan plan, String by) {
    TrafficDocument traffic = documents.lock(registered.model());
    refuseWithoutStable(traffic.split(), registered, plan);
    Optional<Deployment> active = deployments.active(registered.model(), registered.version());
    if (active.isPresent()) {
      Deployment known = active.get();
      if (known.state() == DeploymentState.DRAINING) {
        throw new Problem(
                ServingError.DEPLOYMENT_ENDED,
                "The version's last deployment is still draining; deploy again when it has stopped.")
            .with("deployment_id", known.id());
      }
      refuseOtherFiles(known, registered);
      Deployment renewed = known.at(registered.stage());
      if (plan.strategy() == Strategy.AB_TEST) {
        renewed = renewed.rollingOut(RolloutPlan.NONE, Optional.empty()).by(Strategy.AB_TEST);
      } else if (plan.strategy() != Strategy.NONE) {
        renewed = renewed.rollingOut(plan, Optional.empty());
      }
      deployments.save(renewed);
      return renewed;
    }
    Deployment deployment =
        new Deployment(
            UUID.randomUUID().toString(),
            registered.model(),
            registered.version(),
            DeploymentState.PENDING,
            registered.stage(),
            registered.artifact(),
            registered.onnx() == OnnxStanding.VERIFIED,
            // A test's share is the test's affair: it begins when the deployment is ready.
            plan.strategy() == Strategy.AB_TEST ? RolloutPlan.NONE : plan,
            plan.strategy(),
            by,
            clock.instant(),
            clock.instant(),
            Optional.empty());
    deployments.add(deployment);
    return deployment;
  }

  /** A version's files never change; where they did, what answers is not what was judged. */
  private static void refuseOtherFiles(Deployment known, RegisteredVersion registered) {
    if (!known.artifact().digest().equals(registered.artifact().digest())) {
      throw new Problem(
              ServingError.OTHER_FILES,
              "Version %d is deployed as %s and registered as %s; delete the deployment first."
                  .formatted(
                      known.version(),
                      known.artifact().digest().value(),
                      registered.artifact().digest().value()))
          .with("deployment_id", known.id());
    }
  }

  private static void refuseBarred(RegisteredVersion registered) {
    if (registered.onnx() == OnnxStanding.MISMATCH) {
      throw new Problem(
          ServingError.ENGINE_BARRED,
          "The ONNX form of version %d answers differently from the trained model, so the onnx engine may not serve it."
              .formatted(registered.version()));
    }
  }

  private void refuseByStage(RegisteredVersion registered, RolloutPlan plan) {
    if (registered.stage() == Stage.ARCHIVED) {
      throw new Problem(
          ServingError.STAGE_FORBIDS,
          "Version %d is Archived: it is not served any more.".formatted(registered.version()));
    }
    StageObjection.to(rule, registered.version(), registered.stage(), plan)
        .ifPresent(
            objection -> {
              throw new Problem(ServingError.STAGE_FORBIDS, objection)
                  .with("stage", registered.stage().wireName());
            });
  }

  private static void refuseWithoutStable(
      Split split, RegisteredVersion registered, RolloutPlan plan) {
    boolean others =
        split.targets().stream()
            .anyMatch(
                t -> t.version() != registered.version() && t.weight().bps() > Weight.NONE.bps());
    if (plan.strategy() == Strategy.CANARY && !others) {
      throw new Problem(
          ServingError.NO_STABLE_TARGET,
          "A canary needs another version beside it; deploy this one with the strategy direct or none.");
    }
    if (plan.strategy() == Strategy.AB_TEST && !others) {
      throw new Problem(
          ServingError.NO_CONTROL,
          "No other version gets traffic that version %d could be compared with."
              .formatted(registered.version()));
    }
  }
}
