package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.rollout.AdvanceRollout;
import ai.matih.ml.serving.rollout.AdvanceRollout.Advanced;
import ai.matih.ml.serving.rollout.Rollout;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes each unsettled deployment one step on: a move of its lifecycle, or a step of its roll-out.
 * Each step is one transaction under the model's lock and calls nobody, so any router may do it and
 * doing it twice does nothing the second time.
 */
public final class ReconcileDeployments {

  private static final Logger log = LoggerFactory.getLogger(ReconcileDeployments.class);

  private final Deployments deployments;
  private final TrafficDocuments documents;
  private final DeploymentProgress progress;
  private final AdvanceRollout rollout;
  private final Transactions transactions;

  public ReconcileDeployments(
      Deployments deployments,
      TrafficDocuments documents,
      DeploymentProgress progress,
      AdvanceRollout rollout,
      Transactions transactions) {
    this.deployments = deployments;
    this.documents = documents;
    this.progress = progress;
    this.rollout = rollout;
    this.transactions = transactions;
  }

  /** One pass over what is unsettled; returns how many deployments took a step. */
  public int pass() {
    List<OwnedDeployment> unsettled = TenantScope.acrossTenants(deployments::unsettled);
    int steps = 0;
    for (OwnedDeployment owned : unsettled) {
      steps += stepSafely(owned) ? 1 : 0;
    }
    return steps;
  }

  /** One deployment's trouble is not the others'. */
  private boolean stepSafely(OwnedDeployment owned) {
    try {
      return TenantScope.call(
          owned.tenant(), () -> transactions.call(() -> step(owned.deployment())));
    } catch (RuntimeException e) {
      log.warn("deployment {} cannot take its next step now", owned.deployment().id(), e);
      return false;
    }
  }

  private boolean step(Deployment seen) {
    TrafficDocument traffic = documents.lock(seen.model());
    Optional<Deployment> next =
        deployments
            .find(seen.id())
            .flatMap(
                now ->
                    now.state() == DeploymentState.READY
                        ? rollOut(now, traffic)
                        : progress.next(now, traffic));
    next.ifPresent(deployments::save);
    return next.isPresent();
  }

  private Optional<Deployment> rollOut(Deployment now, TrafficDocument traffic) {
    if (now.rollout().isOver()) {
      return Optional.empty();
    }
    Advanced advanced =
        rollout.advance(
            new Rollout(now.version(), now.id(), now.rollout(), now.requestedBy()), traffic);
    return Optional.of(now.rollingOut(advanced.plan(), advanced.objection()));
  }
}
