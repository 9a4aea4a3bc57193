package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.observation.PredictionObservers;
import ai.matih.ml.serving.observation.TargetStatistics;
import ai.matih.ml.serving.routing.RouterStatus.Acknowledgement;
import ai.matih.ml.serving.routing.RouterStatus.DeploymentStatus;
import ai.matih.ml.serving.routing.RouterStatus.StatusReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reports what this router serves and what it counted, at every heartbeat. */
final class ReportStatus {

  private final RouterStatus status;
  private final RouterName name;
  private final FollowPlan follow;
  private final PinnedCallers pins;
  private final TargetStatistics statistics;
  private final PredictionObservers observers;
  private List<Object> reported = List.of();

  ReportStatus(
      RouterStatus status,
      RouterName name,
      FollowPlan follow,
      PinnedCallers pins,
      TargetStatistics statistics,
      PredictionObservers observers) {
    this.status = status;
    this.name = name;
    this.follow = follow;
    this.pins = pins;
    this.statistics = statistics;
    this.observers = observers;
  }

  /** One report. What could not be stored is in the next one. */
  void report() {
    // Callers first: nobody is named as one whose request is not in the report.
    Map<PinnedCallers.Pin, Instant> taken = pins.take();
    List<DeploymentStatus> deployments = follow.deploymentStatuses(statistics::of);
    List<Acknowledgement> acknowledgements = follow.acknowledgements();
    observers.keepOnly(deployments.stream().map(DeploymentStatus::deploymentId).toList());
    List<Object> significant = significant(deployments, acknowledgements);
    try {
      status.report(
          new StatusReport(name.value(), deployments, acknowledgements, taken, observers.dropped()),
          !significant.equals(reported));
    } catch (RuntimeException e) {
      pins.keep(taken);
      throw e;
    }
    reported = significant;
  }

  /** Tells the other routers that this one ends. */
  void deregister() {
    status.deregister(name.value());
  }

  /** What the other routers and the reconciler wait for: neither time nor counts. */
  private static List<Object> significant(
      List<DeploymentStatus> deployments, List<Acknowledgement> acknowledgements) {
    List<Object> significant = new ArrayList<>(acknowledgements);
    for (DeploymentStatus deployment : deployments) {
      significant.add(
          List.of(deployment.deploymentId(), deployment.loadState(), deployment.inFlight() == 0));
    }
    return significant;
  }
}
