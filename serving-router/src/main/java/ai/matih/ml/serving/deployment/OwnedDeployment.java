package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.engine.Placement;

/** A deployment with the tenant whose it is. */
public record OwnedDeployment(Tenant tenant, Deployment deployment) {

  private static final int PART_OF_ID = 8;

  /** The deployment as an engine that runs it elsewhere knows it. */
  public Placement placement() {
    return new Placement(
        "%s.%s.%d.%s"
            .formatted(
                tenant.slug(),
                deployment.model(),
                deployment.version(),
                deployment.id().substring(0, PART_OF_ID)),
        deployment.artifact(),
        deployment.hosting());
  }
}
