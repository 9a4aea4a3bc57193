package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.observation.TargetCounts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What each router reports about a deployment of the tenant in scope. A router that is silent for
 * long is left out.
 */
public interface RouterReports {

  /**
   * The report of one router.
   *
   * @param fresh false when its heartbeat is overdue, so that its report may be old
   * @param revision the revision of the model's traffic that it serves; 0 for none
   * @param counts what it counted on the deployment; empty when nobody asked it anything yet
   * @param dropped observations of predictions that it dropped since its start, by observer
   */
  record RouterReport(
      String router,
      boolean fresh,
      long revision,
      LoadState loadState,
      Optional<String> failure,
      int inFlight,
      Optional<Instant> lastRequestAt,
      Optional<TargetCounts> counts,
      Map<String, Long> dropped) {}

  /** How far a router has the model. */
  enum LoadState {
    /** It reported nothing. */
    ABSENT,
    LOADING,
    /** Calls may reach it. */
    LOADED,
    FAILED,
    /** No new call can reach it any more; those in flight are counted. */
    RETIRED
  }

  /** Somebody who named the version in a call. */
  record PinnedCaller(String principal, Instant lastSeenAt) {}

  /** The reports about one deployment, one per known router. */
  List<RouterReport> about(ModelId model, String deploymentId);

  List<PinnedCaller> pinnedCallers(ModelId model, long version);
}
