package ai.matih.ml.api.experiment.web;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.access.RequestFingerprint;
import ai.matih.ml.api.experiment.CompareRuns;
import ai.matih.ml.api.experiment.Experiment;
import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.FinishRun;
import ai.matih.ml.api.experiment.LogMeasurements;
import ai.matih.ml.api.experiment.Measurements;
import ai.matih.ml.api.experiment.MetricPoint;
import ai.matih.ml.api.experiment.Run;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.RunStatus;
import ai.matih.ml.api.experiment.StartRun;
import ai.matih.ml.api.experiment.TrackingLimits;
import ai.matih.ml.api.experiment.web.Views.ComparisonView;
import ai.matih.ml.api.experiment.web.Views.LoggedView;
import ai.matih.ml.api.experiment.web.Views.MetricPointView;
import ai.matih.ml.api.experiment.web.Views.RunView;
import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/ml/experiments")
@Tag(name = "runs", description = "Tries within an experiment: parameters, metrics, tags.")
class RunController {

  /** A year after which no measurement was made; catches milliseconds sent as seconds. */
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private final ExperimentTracker tracker;
  private final StartRun start;
  private final LogMeasurements log;
  private final FinishRun finish;
  private final Trail trail;
  private final Clock clock;

  RunController(
      ExperimentTracker tracker,
      StartRun start,
      LogMeasurements log,
      FinishRun finish,
      Trail trail,
      Clock clock) {
    this.tracker = tracker;
    this.start = start;
    this.log = log;
    this.finish = finish;
    this.trail = trail;
    this.clock = clock;
  }

  /** What to start. */
  record RunWanted(
      @Nullable @Size(min = 1, max = TrackingLimits.RUN_NAME) String name,
      @Nullable @Size(max = 500) Map<String, @Nullable String> tags,
      @Nullable @Size(max = 2000) Map<String, @Nullable String> params) {}

  /** How a run ended, or what to change; absent parts stay. */
  record RunChange(
      @Nullable EndStatus status,
      @Nullable @Size(min = 1, max = TrackingLimits.RUN_NAME) String name,
      @Nullable @Size(max = 500) Map<String, @Nullable String> tags) {}

  /** The ways in which a run ends. */
  enum EndStatus {
    FINISHED,
    FAILED,
    KILLED
  }

  /**
   * One measured value.
   *
   * @param step 0 when absent
   * @param timestamp now when absent
   */
  record MetricWanted(
      @NotNull String key,
      @NotNull Double value,
      @Nullable Long step,
      @Nullable Instant timestamp) {}

  /** What to write down; any size. */
  record LogWanted(
      @Nullable List<@NotNull @Valid MetricWanted> metrics,
      @Nullable Map<String, @Nullable String> params,
      @Nullable Map<String, @Nullable String> tags) {}

  /**
   * Which runs to lay side by side.
   *
   * @param directions max or min per metric, where its name misleads
   */
  record ComparisonWanted(
      @NotEmpty @Size(max = 100) List<@NotNull String> runIds,
      @Nullable Map<String, @NotNull CompareDirection> directions) {}

  /** Whether more is better. */
  enum CompareDirection {
    MAX,
    MIN
  }

  @PostMapping("/{id}/runs")
  @Allow(Permission.EXPERIMENTS_WRITE)
  @Idempotent(outside = true)
  @Operation(summary = "Start a run")
  @ApiResponse(
      responseCode = "201",
      description = "Created",
      content = @Content(schema = @Schema(implementation = RunView.class)))
  ResponseEntity<RunView> start(
      @PathVariable("id") String id,
      @Valid @RequestBody RunWanted wanted,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
      Caller caller) {
    Map<String, String> tags = Checks.runTags(wanted.tags(), caller);
    Map<String, String> params = Checks.params(wanted.params());
    Experiment experiment = Checks.activeExperiment(tracker, id);
    Run run =
        start.start(
            new StartRun.Wanted(
                experiment.id(),
                Views.text(wanted.name()),
                tags,
                params,
                fingerprint(caller, "experiments/" + experiment.id() + "/runs", idempotencyKey),
                idempotencyKey != null,
                caller.actor(),
                clock.instant()));
    trail.done("run.started", "runs/" + run.id(), Map.of("experiment_id", id));
    return ResponseEntity.created(URI.create("/api/v1/ml/experiments/" + id + "/runs/" + run.id()))
        .body(RunView.of(run));
  }

  @GetMapping("/{id}/runs")
  @Allow(Permission.EXPERIMENTS_READ)
  @Operation(
      summary = "Search runs",
      description =
          "filter and order_by are MLflow's: metrics.auc > 0.8 and params.model = 'x' and tags.k"
              + " LIKE '%y%' and attributes.status = 'FINISHED'; order_by=metrics.auc DESC,"
              + " repeatable.")
  Page<RunView> list(
      @PathVariable("id") String id,
      @RequestParam(name = "filter", required = false) @Nullable String filter,
      @RequestParam(name = "order_by", required = false) @Nullable List<String> orderBy,
      @RequestParam(name = "lifecycle_stage", required = false) @Nullable String lifecycleStage,
      PageRequest page) {
    if (filter != null && filter.length() > 4000) {
      throw Problem.invalid("filter", "may have up to 4000 characters");
    }
    Experiment experiment = Checks.experiment(tracker, id);
    ExperimentTracker.RunQuery query =
        new ExperimentTracker.RunQuery(
            List.of(experiment.id()),
            Views.text(filter),
            orderBy == null ? List.of() : orderBy,
            Checks.stage(lifecycleStage),
            page.size(),
            Checks.token(page.token()));
    try {
      ExperimentTracker.Found<Run> found = tracker.runs(query);
      return new Page<>(
          found.items().stream().map(RunView::of).toList(),
          found.next().map(token -> PageToken.of(token).encoded()));
    } catch (ExperimentTracker.QueryRefused e) {
      if (query.filter().isPresent()) {
        throw Problem.invalid(
            "filter",
            "cannot be read; write for example metrics.auc > 0.8 and params.model = 'x'. "
                + e.getMessage());
      }
      throw query.orderBy().isEmpty()
          ? Problem.invalid("page_token", "is not a token of this list")
          : Problem.invalid(
              "order_by", "cannot be read; write for example metrics.auc DESC. " + e.getMessage());
    }
  }

  @GetMapping("/{id}/runs/{run_id}")
  @Allow(Permission.EXPERIMENTS_READ)
  @Operation(
      summary = "Read a run",
      description = "With all parameters, tags, and the latest value of each metric.")
  RunView read(@PathVariable("id") String id, @PathVariable("run_id") String runId) {
    return RunView.of(Checks.run(tracker, id, runId));
  }

  @PatchMapping("/{id}/runs/{run_id}")
  @Allow(Permission.EXPERIMENTS_WRITE)
  @Operation(
      summary = "End, rename or tag a run",
      description =
          "An end is final: another end afterwards is refused with 409, the same end changes"
              + " nothing.")
  RunView change(
      @PathVariable("id") String id,
      @PathVariable("run_id") String runId,
      @Valid @RequestBody RunChange change,
      Caller caller) {
    Map<String, String> tags = Checks.runTags(change.tags(), caller);
    Run run = Checks.activeRun(tracker, id, runId);
    Run changed =
        finish.change(
            run,
            Optional.ofNullable(change.status()).map(status -> RunStatus.valueOf(status.name())),
            Views.text(change.name()),
            tags,
            clock.instant());
    trail.done(
        "run.changed",
        "runs/" + run.id(),
        change.status() == null
            ? Map.of()
            : Map.of("status", change.status().name().toLowerCase(Locale.ROOT)));
    return RunView.of(changed);
  }

  @PostMapping("/{id}/runs/{run_id}/log")
  @Allow(Permission.EXPERIMENTS_WRITE)
  @Idempotent(outside = true)
  @Operation(
      summary = "Log metrics, params and tags",
      description =
          "Any size. A problem says how much was stored. Parameters and tags may be sent again; a"
              + " metric point that is sent again with its timestamp is stored once.")
  ResponseEntity<LoggedView> log(
      @PathVariable("id") String id,
      @PathVariable("run_id") String runId,
      @Valid @RequestBody LogWanted wanted,
      Caller caller) {
    Measurements measurements =
        new Measurements(
            Checks.params(wanted.params()),
            Checks.runTags(wanted.tags(), caller),
            metrics(wanted.metrics()));
    Run run = Checks.activeRun(tracker, id, runId);
    Measurements.Counts stored = log.log(run.id(), measurements);
    return ResponseEntity.ok(new LoggedView(stored.params(), stored.tags(), stored.metrics()));
  }

  @GetMapping("/{id}/runs/{run_id}/metrics/{*key}")
  @Allow(Permission.EXPERIMENTS_READ)
  @Operation(summary = "Read a metric's history", description = "By time, then step.")
  Page<MetricPointView> history(
      @PathVariable("id") String id,
      @PathVariable("run_id") String runId,
      @PathVariable("key") String key,
      PageRequest page) {
    Run run = Checks.run(tracker, id, runId);
    String name = key.substring(1);
    if (run.metrics().stream().noneMatch(point -> point.key().equals(name))) {
      throw new Problem(ApiError.METRIC_NOT_FOUND, "The run has no such metric.");
    }
    try {
      ExperimentTracker.Found<MetricPoint> found =
          tracker.metricHistory(run.id(), name, page.size(), Checks.token(page.token()));
      return new Page<>(
          found.items().stream().map(MetricPointView::of).toList(),
          found.next().map(token -> PageToken.of(token).encoded()));
    } catch (ExperimentTracker.QueryRefused e) {
      throw Problem.invalid("page_token", "is not a token of this list");
    }
  }

  @PostMapping("/runs/compare")
  @Allow(Permission.EXPERIMENTS_READ)
  @Idempotent(outside = true)
  @Operation(
      summary = "Compare runs",
      description =
          "Up to 100 runs: the parameters that differ, and per metric the best run by the metric's"
              + " direction (losses, errors and times are better small; directions overrules).")
  ResponseEntity<ComparisonView> compare(@Valid @RequestBody ComparisonWanted wanted) {
    List<Run> runs = runs(wanted.runIds());
    Map<String, CompareRuns.Direction> directions = new LinkedHashMap<>();
    if (wanted.directions() != null) {
      wanted
          .directions()
          .forEach(
              (key, direction) ->
                  directions.put(key, CompareRuns.Direction.valueOf(direction.name())));
    }
    return ResponseEntity.ok(ComparisonView.of(runs, CompareRuns.compare(runs, directions)));
  }

  /** Two calls when the runs are of one experiment, as they mostly are. */
  private List<Run> runs(List<String> ids) {
    List<RunId> wanted = new ArrayList<>();
    List<Violation> violations = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      int index = i;
      RunId.parse(ids.get(i))
          .ifPresentOrElse(
              wanted::add,
              () -> violations.add(new Violation("run_ids[" + index + "]", "is not a run id")));
    }
    Checks.refuse(violations);
    List<RunId> distinct = wanted.stream().distinct().toList();
    Map<RunId, Run> found = new LinkedHashMap<>();
    tracker
        .run(distinct.getFirst())
        .ifPresent(
            first -> {
              found.put(first.id(), first);
              String among =
                  String.join(", ", distinct.stream().map(run -> "'" + run.value() + "'").toList());
              tracker
                  .runs(
                      new ExperimentTracker.RunQuery(
                          List.of(first.experimentId()),
                          Optional.of("attributes.run_id IN (" + among + ")"),
                          List.of(),
                          ai.matih.ml.api.experiment.LifecycleStage.ACTIVE,
                          distinct.size(),
                          Optional.empty()))
                  .items()
                  .forEach(run -> found.put(run.id(), run));
            });
    return distinct.stream()
        .map(
            id ->
                Optional.ofNullable(found.get(id))
                    .or(() -> tracker.run(id))
                    .orElseThrow(
                        () ->
                            new Problem(ApiError.RUN_NOT_FOUND, "There is no run " + id + ".")
                                .with("run_id", id.value())))
        .toList();
  }

  private List<MetricPoint> metrics(@Nullable List<MetricWanted> wanted) {
    if (wanted == null) {
      return List.of();
    }
    Instant now = clock.instant();
    List<Violation> violations = new ArrayList<>();
    List<MetricPoint> points = new ArrayList<>(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      MetricWanted metric = wanted.get(i);
      Instant at = metric.timestamp() == null ? now : metric.timestamp();
      if (!TrackingLimits.isKey(metric.key())) {
        violations.add(new Violation("metrics[" + i + "].key", TrackingLimits.KEY_RULE));
      }
      if (at.isAfter(LATEST) || at.isBefore(Instant.EPOCH)) {
        violations.add(
            new Violation(
                "metrics[" + i + "].timestamp", "must be an ISO-8601 instant from 1970 to 2200"));
      }
      points.add(
          new MetricPoint(
              metric.key(), metric.value(), metric.step() == null ? 0 : metric.step(), at));
    }
    Checks.refuse(violations);
    return points;
  }

  private static String fingerprint(Caller caller, String route, @Nullable String idempotencyKey) {
    return idempotencyKey == null
        ? RequestFingerprint.unique()
        : RequestFingerprint.of(caller, route, idempotencyKey);
  }
}
