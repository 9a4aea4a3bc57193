package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.abtest.ProposeTest;
import ai.matih.ml.serving.deployment.AdmitVersion.Admitted;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.rollout.RolloutPlan.Strategy;
import ai.matih.ml.serving.traffic.Split;
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

  private final AdmitVersion admission;
  private final Deployments deployments;
  private final TrafficDocuments documents;
  private final ProposeTest tests;
  private final Transactions transactions;
  private final Clock clock;

  public DeployVersion(
      AdmitVersion admission,
      Deployments deployments,
      TrafficDocuments documents,
      ProposeTest tests,
      Transactions transactions,
      Clock clock) {
    this.admission = admission;
    this.deployments = deployments;
    this.documents = documents;
    this.tests = tests;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Stores the deployment; routers do the rest. */
  public Deployment deploy(DeployOrder order, String by) {
    Admitted admitted = admission.admit(order, engine(order));
    return transactions.call(
        () -> {
          Deployment deployment = store(admitted, order, by);
          order
              .terms()
              .ifPresent(
                  terms ->
                      tests.propose(
                          order.model(),
                          order.version(),
                          deployment.artifact().digest().value(),
                          terms,
                          by));
          return deployment;
        });
  }

  private EngineName engine(DeployOrder order) {
    return order
        .engine()
        .or(
            () ->
                transactions
                    .call(() -> deployments.active(order.model(), order.version()))
                    .map(Deployment::engine))
        .orElse(EngineName.ONNX);
  }

  private Deployment store(Admitted admitted, DeployOrder order, String by) {
    TrafficDocument traffic = documents.lock(order.model());
    refuseWithoutOthers(traffic.split(), order);
    Optional<Deployment> active = deployments.active(order.model(), order.version());
    if (active.isPresent()) {
      Deployment renewed = renewed(active.get(), admitted, order);
      deployments.save(renewed);
      return renewed;
    }
    Deployment deployment =
        new Deployment(
            UUID.randomUUID().toString(),
            order.model(),
            order.version(),
            admitted.engine(),
            DeploymentState.PENDING,
            admitted.registered().stage(),
            admitted.registered().artifact(),
            admitted.proven(),
            order.plan(),
            by,
            clock.instant(),
            clock.instant(),
            Optional.empty());
    deployments.add(deployment);
    return deployment;
  }

  private static Deployment renewed(Deployment known, Admitted admitted, DeployOrder order) {
    if (known.state() == DeploymentState.DRAINING) {
      throw new Problem(
              ServingError.DEPLOYMENT_ENDED,
              "The version's last deployment is still draining; deploy again when it has stopped.")
          .with("deployment_id", known.id());
    }
    // A version's files never change; where they did, what answers is not what was judged.
    if (!known.artifact().digest().equals(admitted.registered().artifact().digest())) {
      throw new Problem(
              ServingError.OTHER_FILES,
              "Version %d is deployed as %s and registered as %s; delete the deployment first."
                  .formatted(
                      known.version(),
                      known.artifact().digest().value(),
                      admitted.registered().artifact().digest().value()))
          .with("deployment_id", known.id());
    }
    if (!known.engine().equals(admitted.engine())) {
      throw new Problem(
              ServingError.OTHER_ENGINE,
              "Version %d is deployed on the engine %s; delete the deployment first to run it on %s."
                  .formatted(known.version(), known.engine(), admitted.engine()))
          .with("deployment_id", known.id());
    }
    Deployment renewed = known.at(admitted.registered().stage());
    return order.plan().strategy() == Strategy.NONE
        ? renewed
        : renewed.rollingOut(order.plan(), Optional.empty());
  }

  private static void refuseWithoutOthers(Split split, DeployOrder order) {
    boolean others =
        split.targets().stream()
            .anyMatch(t -> t.version() != order.version() && t.weight().bps() > Weight.NONE.bps());
    if (order.plan().strategy() == Strategy.CANARY && !others) {
      throw new Problem(
          ServingError.NO_STABLE_TARGET,
          "A canary needs another version beside it; deploy this one with the strategy direct or none.");
    }
    if (order.plan().strategy() == Strategy.AB_TEST && !others) {
      throw new Problem(
          ServingError.NO_CONTROL,
          "No other version gets traffic that version %d could be compared with."
              .formatted(order.version()));
    }
  }
}
