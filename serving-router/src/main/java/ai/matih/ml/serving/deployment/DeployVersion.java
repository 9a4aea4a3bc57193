package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.abtest.ProposeTest;
import ai.matih.ml.serving.deployment.AdmitVersion.Admitted;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.rollout.ProposeRollout;
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
  private final ProposeRollout rollouts;
  private final Shadowing shadows;
  private final Transactions transactions;
  private final Clock clock;

  public DeployVersion(
      AdmitVersion admission,
      Deployments deployments,
      TrafficDocuments documents,
      ProposeTest tests,
      ProposeRollout rollouts,
      Shadowing shadows,
      Transactions transactions,
      Clock clock) {
    this.admission = admission;
    this.deployments = deployments;
    this.documents = documents;
    this.tests = tests;
    this.rollouts = rollouts;
    this.shadows = shadows;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Stores the deployment; routers do the rest. */
  public Deployment deploy(DeploymentRequest request, String by) {
    Admitted admitted = admission.admit(request, engine(request));
    return transactions.call(
        () -> {
          Deployment deployment = store(admitted, request, by);
          request
              .design()
              .ifPresent(
                  design ->
                      tests.propose(
                          request.model(),
                          request.version(),
                          deployment.artifact().digest().value(),
                          design,
                          by));
          request
              .rollout()
              .ifPresent(
                  design ->
                      rollouts.propose(
                          request.model(),
                          request.version(),
                          deployment.id(),
                          deployment.artifact().digest().value(),
                          design,
                          by));
          request.shadow().ifPresent(sample -> shadows.start(deployment, sample, by));
          return deployment;
        });
  }

  /** The engine that was named, or the one that the version is deployed on. */
  private Optional<EngineName> engine(DeploymentRequest request) {
    return request
        .engine()
        .or(
            () ->
                transactions
                    .call(() -> deployments.active(request.model(), request.version()))
                    .map(Deployment::engine));
  }

  private Deployment store(Admitted admitted, DeploymentRequest request, String by) {
    TrafficDocument traffic = documents.lock(request.model());
    refuseWithoutOthers(traffic.split(), request);
    Optional<Deployment> active = deployments.active(request.model(), request.version());
    if (active.isPresent()) {
      Deployment renewed = renewed(active.get(), admitted, request, traffic);
      deployments.save(renewed);
      return renewed;
    }
    Deployment deployment =
        new Deployment(
            UUID.randomUUID().toString(),
            request.model(),
            request.version(),
            admitted.engine(),
            DeploymentState.PENDING,
            admitted.registered().stage(),
            admitted.registered().artifact(),
            admitted.proven(),
            request.hosting().applyTo(Hosting.DEFAULT),
            request
                .inputs()
                .orElse(InputRules.DEFAULT)
                .changing(admitted.change().orElse(InputChange.NONE)),
            request.plan(),
            by,
            clock.instant(),
            clock.instant(),
            Optional.empty());
    deployments.add(deployment);
    return deployment;
  }

  private static Deployment renewed(
      Deployment known, Admitted admitted, DeploymentRequest request, TrafficDocument traffic) {
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
    // Once it gets traffic, who calls it knows its inputs: what changed is settled.
    boolean idle = traffic.split().weightOf(known.version()).equals(Weight.NONE);
    InputChange change = admitted.change().filter(_ -> idle).orElse(known.inputs().change());
    Deployment renewed =
        known
            .at(admitted.registered().stage())
            .on(request.hosting().applyTo(known.hosting()))
            .taking(request.inputs().orElse(known.inputs()).changing(change));
    return request.plan().strategy() == Strategy.NONE
        ? renewed
        : renewed.rollingOut(request.plan(), Optional.empty());
  }

  private static void refuseWithoutOthers(Split split, DeploymentRequest request) {
    boolean others =
        split.targets().stream()
            .anyMatch(
                t -> t.version() != request.version() && t.weight().bps() > Weight.NONE.bps());
    if (request.plan().strategy() == Strategy.CANARY && !others) {
      throw new Problem(
          ServingError.NO_STABLE_TARGET,
          "A canary needs another version beside it; deploy this one with the strategy direct or"
              + " none.");
    }
    if (request.plan().strategy() == Strategy.AB_TEST && !others) {
      throw new Problem(
          ServingError.NO_CONTROL,
          "No other version gets traffic that version %d could be compared with."
              .formatted(request.version()));
    }
  }
}
