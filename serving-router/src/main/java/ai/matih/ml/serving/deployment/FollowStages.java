package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import ai.matih.ml.serving.traffic.Weight;
import java.util.Optional;

/**
 * Keeps the stages of deployed versions as the registry has them. A version that was archived
 * drains, unless it still has traffic: what answers callers is taken away by an act on the traffic,
 * never by a note.
 */
public final class FollowStages {

  private final Registry registry;
  private final Deployments deployments;
  private final TrafficDocuments documents;
  private final StopDeployment stop;
  private final Transactions transactions;

  public FollowStages(
      Registry registry,
      Deployments deployments,
      TrafficDocuments documents,
      StopDeployment stop,
      Transactions transactions) {
    this.registry = registry;
    this.deployments = deployments;
    this.documents = documents;
    this.stop = stop;
    this.transactions = transactions;
  }

  /** Takes over one change; unknown and unchanged versions are fine. */
  public void changed(ModelId model, long version, Stage stage) {
    if (documents.current(model).isEmpty()) {
      return;
    }
    transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(model);
          Optional<Deployment> active = deployments.active(model, version);
          if (active.isEmpty()) {
            return false;
          }
          Deployment now = active.get();
          boolean idle = traffic.split().weightOf(version).equals(Weight.NONE);
          if (now.stage() != stage) {
            deployments.save(now.at(stage));
          }
          if (stage == Stage.ARCHIVED && idle) {
            stop.stop(now.id(), "platform", "Its version was archived.");
          }
          return true;
        });
  }

  /**
   * Asks the registry about every deployed version; one that it does not answer for stays as it is.
   */
  public int ask() {
    int asked = 0;
    for (OwnedDeployment owned :
        TenantScope.acrossTenants(() -> transactions.call(deployments::held))) {
      Deployment deployment = owned.deployment();
      TenantScope.run(
          owned.tenant(),
          () -> {
            try {
              registry
                  .version(deployment.model(), deployment.version())
                  .filter(
                      found ->
                          found.stage() != deployment.stage() || found.stage() == Stage.ARCHIVED)
                  .ifPresent(
                      found -> changed(deployment.model(), deployment.version(), found.stage()));
            } catch (EngineFailure away) {
              // The next round asks again; until then the last answer holds.
            }
          });
      asked++;
    }
    return asked;
  }
}
