package ai.matih.ml.serving.routing;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.deployment.RouterReports.Hold;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a router tells the others what it serves. */
public interface RouterWords {

  /** What one router says about one deployment. */
  record HoldWord(
      Tenant tenant,
      ModelId model,
      String deploymentId,
      Hold hold,
      Optional<String> failure,
      int inFlight,
      Optional<Instant> lastRequestAt) {}

  /** The revision of a model's traffic that one router serves. */
  record Acknowledgement(Tenant tenant, ModelId model, long revision) {}

  /**
   * Replaces everything that this router said before, and counts as a heartbeat. Repeatable.
   *
   * @param news whether the others should look at once
   */
  void say(
      String router,
      List<HoldWord> holds,
      List<Acknowledgement> acknowledgements,
      Map<PinnedCallers.Pin, Instant> pins,
      boolean news);

  /** Takes the router off the list, at its orderly end. */
  void goodbye(String router);
}
