package ai.matih.ml.serving.routing;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.deployment.RouterReports.LoadState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a router reports to the others what it serves. */
public interface RouterStatus {

  /** One deployment on one router. */
  record DeploymentStatus(
      Tenant tenant,
      ModelId model,
      String deploymentId,
      LoadState loadState,
      Optional<String> failure,
      int inFlight,
      Optional<Instant> lastRequestAt) {}

  /** The revision of a model's traffic that one router serves. */
  record Acknowledgement(Tenant tenant, ModelId model, long revision) {}

  /**
   * Replaces the last report of this router, and counts as a heartbeat. Repeatable.
   *
   * @param changed whether the others should act on it at once
   */
  void report(
      String router,
      List<DeploymentStatus> deployments,
      List<Acknowledgement> acknowledgements,
      Map<PinnedCallers.Pin, Instant> pins,
      boolean changed);

  /** Removes the router from the list, at its orderly end. */
  void deregister(String router);
}
