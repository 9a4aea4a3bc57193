package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.deployment.RouterReports.LoadState;
import ai.matih.ml.serving.deployment.RouterReports.RouterReport;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Decides from the routers' reports whether a deployment is ready, has failed, or is drained.
 * Changes nothing itself.
 */
public final class DeploymentProgress {

  private final RouterReports reports;
  private final DeploymentSettings settings;
  private final Clock clock;

  public DeploymentProgress(RouterReports reports, DeploymentSettings settings, Clock clock) {
    this.reports = reports;
    this.settings = settings;
    this.clock = clock;
  }

  /** The deployment after its next move; empty while it has to wait. */
  Optional<Deployment> next(Deployment now, TrafficDocument traffic) {
    return switch (now.state()) {
      case PENDING -> Optional.of(move(now, DeploymentMove.ADMITTED, Optional.empty()));
      case LOADING -> loading(now);
      case DRAINING -> draining(now, traffic);
      case READY, STOPPED, FAILED -> Optional.empty();
    };
  }

  private Optional<Deployment> loading(Deployment now) {
    List<RouterReport> fresh =
        reports.about(now.model(), now.id()).stream().filter(RouterReport::fresh).toList();
    for (RouterReport report : fresh) {
      if (report.loadState() == LoadState.FAILED) {
        return Optional.of(move(now, DeploymentMove.COULD_NOT_LOAD, report.failure()));
      }
    }
    if (!fresh.isEmpty()
        && fresh.stream().allMatch(report -> report.loadState() == LoadState.LOADED)) {
      return Optional.of(move(now, DeploymentMove.LOADED, Optional.empty()));
    }
    return now.stateSince().plus(settings.loadingLimit()).isBefore(clock.instant())
        ? Optional.of(
            move(
                now,
                DeploymentMove.COULD_NOT_LOAD,
                Optional.of(
                    "Not every router had it loaded within %s.%s"
                        .formatted(settings.loadingLimit(), reasons(fresh)))))
        : Optional.empty();
  }

  /** Why routers that still try have not got it. */
  private static String reasons(List<RouterReport> reports) {
    return reports.stream()
        .flatMap(report -> report.failure().stream())
        .distinct()
        .map(failure -> " " + failure)
        .collect(Collectors.joining());
  }

  private Optional<Deployment> draining(Deployment now, TrafficDocument traffic) {
    // A router that is overdue may still serve an old revision: its silence proves nothing.
    boolean proved =
        reports.about(now.model(), now.id()).stream()
            .allMatch(
                report ->
                    report.fresh()
                        && report.revision() >= traffic.revision()
                        && report.inFlight() == 0
                        && report.loadState() != LoadState.LOADING
                        && report.loadState() != LoadState.LOADED);
    return proved && traffic.split().weightOf(now.version()).equals(Weight.NONE)
        ? Optional.of(move(now, DeploymentMove.DRAINED, now.reason()))
        : Optional.empty();
  }

  private Deployment move(Deployment now, DeploymentMove move, Optional<String> why) {
    return now.moved(move, clock.instant(), why);
  }
}
