package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.PlacedModels;
import ai.matih.ml.serving.engine.Placement;
import java.util.List;

/** What deployments want on an engine, until they have drained. */
final class PlacedDeployments implements PlacedModels {

  private final Deployments deployments;
  private final Transactions transactions;

  PlacedDeployments(Deployments deployments, Transactions transactions) {
    this.deployments = deployments;
    this.transactions = transactions;
  }

  @Override
  public List<Placement> wanted(EngineName engine) {
    return TenantScope.acrossTenants(() -> transactions.call(deployments::held)).stream()
        .filter(owned -> owned.deployment().engine().equals(engine))
        .map(OwnedDeployment::placement)
        .toList();
  }
}
