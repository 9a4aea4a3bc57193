package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.ModelId;
import java.util.List;
import java.util.Optional;

/**
 * The stored deployments of the tenant in scope. Writes join the caller's transaction and wake
 * every router.
 */
public interface Deployments {

  Optional<Deployment> find(String id);

  /** The deployment of a version that has not ended; there is at most one. */
  Optional<Deployment> active(ModelId model, long version);

  List<Deployment> ofVersion(ModelId model, long version);

  /** Newest first. */
  List<Deployment> list(Filter filter, Optional<String> afterId, int limit);

  void add(Deployment deployment);

  /** Stores a change of a deployment that was read under its model's lock. */
  void save(Deployment deployment);

  /** What needs a step, over all tenants. */
  List<OwnedDeployment> unsettled();

  /** Everything that routers must hold, over all tenants. */
  List<OwnedDeployment> held();

  /** Which deployments a list shows. */
  record Filter(Optional<ModelId> model, Optional<DeploymentState> state) {}
}
