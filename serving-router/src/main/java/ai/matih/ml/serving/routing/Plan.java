package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.deployment.OwnedDeployment;
import ai.matih.ml.serving.traffic.OwnedTraffic;
import java.util.List;

/** What every router shall hold and how traffic shall go, over all tenants. */
public record Plan(List<OwnedDeployment> deployments, List<OwnedTraffic> traffic) {

  public Plan {
    deployments = List.copyOf(deployments);
    traffic = List.copyOf(traffic);
  }
}
