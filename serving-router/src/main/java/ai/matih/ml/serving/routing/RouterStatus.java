package ai.matih.ml.serving.routing;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.deployment.RouterReports.LoadState;
import ai.matih.ml.serving.observation.TargetCounts;
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
      Optional<Instant> lastRequestAt,
      Optional<TargetCounts> counts) {}

  /** The revision of a model's traffic that one router serves. */
  record Acknowledgement(Tenant tenant, ModelId model, long revision) {}

  /**
   * Everything that a router has to report.
   *
   * @param pinnedCallers who named a version since the last report
   * @param dropped observations of predictions that found no place since the start, by observer
   */
  record StatusReport(
      String router,
      List<DeploymentStatus> deployments,
      List<Acknowledgement> acknowledgements,
      Map<PinnedCallers.Pin, Instant> pinnedCallers,
      Map<String, Long> dropped) {}

  /**
   * Replaces the last report of this router, and counts as a heartbeat. Repeatable.
   *
   * @param changed whether the others should act on it at once
   */
  void report(StatusReport report, boolean changed);

  /** Removes the router from the list, at its orderly end. */
  void deregister(String router);
}
