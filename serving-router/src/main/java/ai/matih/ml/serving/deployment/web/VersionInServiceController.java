package ai.matih.ml.serving.deployment.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.deployment.Deployments;
import ai.matih.ml.serving.deployment.FollowStages;
import ai.matih.ml.serving.deployment.RouterReports;
import ai.matih.ml.serving.deployment.RouterReports.PinnedCaller;
import ai.matih.ml.serving.deployment.RouterReports.RouterReport;
import ai.matih.ml.serving.traffic.Acknowledgements;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What the registry asks before it moves a version, and what it tells afterwards. */
@RestController
@RequestMapping("/api/v1/ml")
class VersionInServiceController {

  private final Deployments deployments;
  private final TrafficDocuments documents;
  private final Acknowledgements acknowledgements;
  private final RouterReports reports;
  private final FollowStages stages;
  private final DeploymentViews views;

  VersionInServiceController(
      Deployments deployments,
      TrafficDocuments documents,
      Acknowledgements acknowledgements,
      RouterReports reports,
      FollowStages stages,
      DeploymentViews views) {
    this.deployments = deployments;
    this.documents = documents;
    this.acknowledgements = acknowledgements;
    this.reports = reports;
    this.stages = stages;
    this.views = views;
  }

  /**
   * What a version does in service; the proof that it drained, once nothing is left.
   *
   * @param weightBps its share of the model's traffic
   * @param acknowledgedByAll whether every router serves the current traffic, none of them overdue
   * @param inFlight requests that it answers right now, over all routers
   * @param abTestId the A/B test of which it is an arm, if the traffic runs one
   * @param pinnedCallers everybody who ever named it, the latest first
   * @param lastRequestAt of anybody, pinned or not; outlives the router that saw it for pinned ones
   */
  record ServingView(
      String modelId,
      long version,
      List<DeploymentView> deployments,
      long trafficRevision,
      int weightBps,
      @Nullable String abTestId,
      boolean acknowledgedByAll,
      int inFlight,
      List<PinnedCallerView> pinnedCallers,
      @Nullable String lastRequestAt) {}

  record PinnedCallerView(String principal, String lastSeenAt) {}

  record StageChange(
      @NotNull(message = "is required") String modelId,
      @NotNull(message = "is required") @Min(1) Long version,
      @NotNull(message = "is required") String stage) {}

  @GetMapping("/models/{id}/versions/{version}/serving")
  @Allow(Permission.DEPLOYMENTS_READ)
  ServingView serving(@PathVariable String id, @PathVariable long version) {
    ModelId model = model(id, "id");
    Optional<TrafficDocument> traffic = documents.current(model);
    long revision = traffic.map(TrafficDocument::revision).orElse(0L);
    List<Deployment> known = deployments.ofVersion(model, version);
    List<PinnedCaller> pinned = reports.pinnedCallers(model, version);
    List<RouterReport> current =
        known.stream()
            .filter(deployment -> !deployment.state().isOver())
            .flatMap(deployment -> reports.about(model, deployment.id()).stream())
            .toList();
    return new ServingView(
        model.value(),
        version,
        known.stream().map(views::of).toList(),
        revision,
        traffic.map(document -> document.split().weightOf(version).bps()).orElse(0),
        traffic
            .filter(document -> document.split().target(version).isPresent())
            .flatMap(TrafficDocument::test)
            .orElse(null),
        acknowledgements.of(model).stream()
            .allMatch(report -> report.fresh() && report.revision() >= revision),
        current.stream().mapToInt(RouterReport::inFlight).sum(),
        pinned.stream().map(VersionInServiceController::pinned).toList(),
        Stream.concat(
                current.stream().flatMap(report -> report.lastRequestAt().stream()),
                pinned.stream().map(PinnedCaller::lastSeenAt))
            .max(Instant::compareTo)
            .map(Instant::toString)
            .orElse(null));
  }

  @PostMapping("/deployments/stage-changes")
  @Allow(Permission.INTERNAL_CALL)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void stageChanged(@Valid @RequestBody StageChange change) {
    stages.changed(
        model(change.modelId(), "model_id"),
        change.version(),
        Stage.ofWire(change.stage())
            .orElseThrow(
                () ->
                    Problem.invalid(
                        "stage", "must be one of development, staging, production, archived")));
  }

  private static PinnedCallerView pinned(PinnedCaller caller) {
    return new PinnedCallerView(caller.principal(), caller.lastSeenAt().toString());
  }

  private static ModelId model(String id, String field) {
    if (!ModelId.isWellFormed(id)) {
      throw Problem.invalid(field, "must be a model's id");
    }
    return new ModelId(id);
  }
}
