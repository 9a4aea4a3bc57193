package ai.matih.ml.serving.deployment.web;

import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.deployment.DeploymentState;
import ai.matih.ml.serving.deployment.InputChange;
import ai.matih.ml.serving.deployment.InputRules;
import ai.matih.ml.serving.deployment.RouterReports;
import ai.matih.ml.serving.deployment.RouterReports.LoadState;
import ai.matih.ml.serving.deployment.RouterReports.RouterReport;
import ai.matih.ml.serving.deployment.web.DeploymentView.ConditionView;
import ai.matih.ml.serving.deployment.web.DeploymentView.InputChangeView;
import ai.matih.ml.serving.deployment.web.DeploymentView.InputsView;
import ai.matih.ml.serving.deployment.web.DeploymentView.ReplicasView;
import ai.matih.ml.serving.deployment.web.DeploymentView.RouterReportView;
import ai.matih.ml.serving.engine.Engines;
import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.observation.TargetCounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Draws deployments from what is stored and what the routers report. */
@Component
class DeploymentViews {

  private final RouterReports reports;
  private final Engines engines;

  DeploymentViews(RouterReports reports, Engines engines) {
    this.reports = reports;
    this.engines = engines;
  }

  DeploymentView of(Deployment deployment) {
    List<RouterReport> current =
        deployment.state().isOver()
            ? List.of()
            : reports.about(deployment.model(), deployment.id());
    return new DeploymentView(
        deployment.id(),
        deployment.model().value(),
        deployment.version(),
        deployment.engine().value(),
        deployment.state().wireName(),
        progress(deployment.state(), current),
        deployment.stage().wireName(),
        deployment.artifact().digest().value(),
        deployment.rollout().strategy().name().toLowerCase(Locale.ROOT),
        replicas(deployment),
        inputs(deployment.inputs()),
        conditions(deployment, current),
        current.stream().map(DeploymentViews::router).toList(),
        deployment.reason().orElse(null),
        deployment.requestedBy(),
        deployment.requestedAt().toString(),
        deployment.stateSince().toString());
  }

  private @Nullable ReplicasView replicas(Deployment deployment) {
    Hosting hosting = deployment.hosting();
    return engines.startsReplicas(deployment.engine())
        ? new ReplicasView(
            hosting.minReplicas(),
            hosting.maxReplicas(),
            hosting.targetOngoingRequests().orElse(null),
            hosting.cpus().orElse(null),
            hosting.gpus(),
            hosting.memoryBytes().orElse(null))
        : null;
  }

  private static InputsView inputs(InputRules rules) {
    InputChange change = rules.change();
    return new InputsView(
        rules.onAbsent().wireName(),
        rules.defaults(),
        new InputChangeView(
            change.meaning(rules.defaults().keySet()).wireName(),
            change.inWords(rules.defaults().keySet()),
            change.added(),
            change.unused(),
            change.narrowed()));
  }

  private static int progress(DeploymentState state, List<RouterReport> current) {
    return switch (state) {
      case PENDING -> 0;
      case LOADING -> current.isEmpty() ? 10 : 10 + (int) (80 * loaded(current) / current.size());
      case READY, DRAINING, STOPPED, FAILED -> 100;
    };
  }

  private static long loaded(List<RouterReport> current) {
    return current.stream().filter(report -> report.loadState() == LoadState.LOADED).count();
  }

  private static List<ConditionView> conditions(Deployment deployment, List<RouterReport> current) {
    List<ConditionView> conditions = new ArrayList<>();
    Instant since = deployment.stateSince();
    boolean ready = deployment.state() == DeploymentState.READY;
    conditions.add(
        condition(
            "ready",
            ready,
            deployment.state().wireName(),
            deployment.reason().orElse(ready ? "Every router answers for it." : ""),
            since));
    if (!deployment.state().isOver()) {
      conditions.add(
          condition(
              "loaded",
              !current.isEmpty() && loaded(current) == current.size(),
              "routers",
              "%d of %d routers have it loaded.".formatted(loaded(current), current.size()),
              since));
    }
    if (!deployment.proven()) {
      conditions.add(
          condition(
              "validated",
              false,
              "not_compared",
              "The registry did not compare its answers with the trained model's when it was deployed; each router does before it loads it. POST /models/%s/versions/%d/validate makes it evidence."
                  .formatted(deployment.model(), deployment.version()),
              deployment.requestedAt()));
    }
    if (!deployment.rollout().isOver()) {
      conditions.add(
          condition(
              "traffic_applied",
              false,
              "waiting",
              "It gets its %d basis points when it is ready."
                  .formatted(deployment.rollout().nextWeight().bps()),
              since));
    }
    return conditions;
  }

  private static ConditionView condition(
      String type, boolean holds, String reason, String message, Instant since) {
    return new ConditionView(type, holds ? "true" : "false", reason, message, since.toString());
  }

  private static RouterReportView router(RouterReport report) {
    return new RouterReportView(
        report.router(),
        report.fresh(),
        report.loadState().name().toLowerCase(Locale.ROOT),
        report.revision(),
        report.inFlight(),
        report.lastRequestAt().map(Instant::toString).orElse(null),
        report.failure().orElse(null),
        report.counts().map(TargetCounts::answered).orElse(0L),
        report.counts().map(TargetCounts::failed).orElse(0L),
        latency(report, 0.5),
        latency(report, 0.99),
        report.counts().map(counts -> counts.since().toString()).orElse(null),
        report.dropped());
  }

  private static @Nullable Double latency(RouterReport report, double share) {
    return report
        .counts()
        .filter(counts -> counts.answered() > 0)
        .map(counts -> counts.latency().quantileMillis(share))
        .orElse(null);
  }
}
