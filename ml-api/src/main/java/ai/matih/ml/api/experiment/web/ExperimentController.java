package ai.matih.ml.api.experiment.web;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.access.RequestFingerprint;
import ai.matih.ml.api.experiment.CreateExperiment;
import ai.matih.ml.api.experiment.Experiment;
import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.LifecycleStage;
import ai.matih.ml.api.experiment.Tags;
import ai.matih.ml.api.experiment.TrackingLimits;
import ai.matih.ml.api.experiment.web.Views.ExperimentView;
import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.web.Answers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
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
@Tag(name = "experiments", description = "What is tried, and all its runs.")
class ExperimentController {

  private final ExperimentTracker tracker;
  private final CreateExperiment create;
  private final Trail trail;

  ExperimentController(ExperimentTracker tracker, CreateExperiment create, Trail trail) {
    this.tracker = tracker;
    this.create = create;
    this.trail = trail;
  }

  /** What to make. */
  record ExperimentWanted(
      @NotBlank @Size(max = TrackingLimits.EXPERIMENT_NAME) String name,
      @Nullable @Size(max = TrackingLimits.EXPERIMENT_TAG_VALUE) String description,
      @Nullable @Size(max = 100) Map<String, @Nullable String> tags) {}

  /** What to change; absent parts stay. */
  record ExperimentChange(
      @Nullable @Size(min = 1, max = TrackingLimits.EXPERIMENT_NAME) String name,
      @Nullable @Size(max = TrackingLimits.EXPERIMENT_TAG_VALUE) String description,
      @Nullable @Size(max = 100) Map<String, @Nullable String> tags) {}

  @PostMapping
  @Allow(Permission.EXPERIMENTS_WRITE)
  @Idempotent(outside = true)
  @Operation(summary = "Create an experiment")
  @ApiResponse(
      responseCode = "201",
      description = "Created",
      content = @Content(schema = @Schema(implementation = ExperimentView.class)))
  ResponseEntity<ExperimentView> create(
      @Valid @RequestBody ExperimentWanted wanted,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
      Caller caller) {
    Experiment made =
        create.create(
            wanted.name(),
            Views.text(wanted.description()),
            Checks.experimentTags(wanted.tags(), caller),
            fingerprint(caller, "experiments", idempotencyKey),
            caller.actor());
    trail.done("experiment.created", "experiments/" + made.id(), Map.of("name", made.name()));
    return ResponseEntity.created(URI.create("/api/v1/ml/experiments/" + made.id()))
        .body(ExperimentView.of(made));
  }

  @GetMapping
  @Allow(Permission.EXPERIMENTS_READ)
  @Operation(summary = "List experiments", description = "Newest first.")
  Page<ExperimentView> list(
      @RequestParam(name = "name_contains", required = false) @Nullable String nameContains,
      @RequestParam(name = "lifecycle_stage", required = false) @Nullable String lifecycleStage,
      PageRequest page) {
    Optional<String> contains = Optional.ofNullable(nameContains).filter(text -> !text.isEmpty());
    if (contains.isPresent() && !contains.get().matches("[^'\"%\\\\`\\p{Cntrl}]{1,100}")) {
      throw Problem.invalid(
          "name_contains", "may have 100 characters, no quotes, % or back-slashes");
    }
    ExperimentTracker.Found<Experiment> found =
        ask(
            () ->
                tracker.experiments(
                    new ExperimentTracker.ExperimentQuery(
                        contains,
                        Checks.stage(lifecycleStage),
                        page.size(),
                        Checks.token(page.token()))));
    return new Page<>(
        found.items().stream().map(ExperimentView::of).toList(),
        found.next().map(token -> PageToken.of(token).encoded()));
  }

  @GetMapping("/{id}")
  @Allow(Permission.EXPERIMENTS_READ)
  @Operation(summary = "Read an experiment")
  ExperimentView read(@PathVariable("id") String id) {
    return ExperimentView.of(Checks.experiment(tracker, id));
  }

  @PatchMapping("/{id}")
  @Allow(Permission.EXPERIMENTS_WRITE)
  @Operation(
      summary = "Change name, description or tags",
      description = "Tags are added or overwritten.")
  ExperimentView change(
      @PathVariable("id") String id, @Valid @RequestBody ExperimentChange change, Caller caller) {
    Map<String, String> tags = Checks.experimentTags(change.tags(), caller);
    Experiment experiment = Checks.activeExperiment(tracker, id);
    String name = change.name();
    if (name != null && !name.equals(experiment.name())) {
      rename(experiment, name);
    }
    if (change.description() != null) {
      tracker.tagExperiment(experiment.id(), Tags.DESCRIPTION, change.description());
    }
    tags.forEach((key, value) -> tracker.tagExperiment(experiment.id(), key, value));
    trail.done("experiment.changed", "experiments/" + experiment.id(), Map.of());
    return ExperimentView.of(Checks.experiment(tracker, id));
  }

  @DeleteMapping("/{id}")
  @Allow(Permission.EXPERIMENTS_WRITE)
  @Operation(
      summary = "Delete an experiment",
      description = "It is kept and can be restored. Repeatable.")
  @Answers(204)
  ResponseEntity<Void> delete(@PathVariable("id") String id) {
    Experiment experiment = Checks.experiment(tracker, id);
    if (experiment.lifecycleStage() == LifecycleStage.ACTIVE) {
      tracker.deleteExperiment(experiment.id());
      trail.done(
          "experiment.deleted",
          "experiments/" + experiment.id(),
          Map.of("name", experiment.name()));
    }
    return ResponseEntity.noContent().build();
  }

  @PostMapping("/{id}/restore")
  @Allow(Permission.EXPERIMENTS_WRITE)
  @Idempotent(outside = true)
  @Operation(summary = "Restore a deleted experiment", description = "Repeatable.")
  ResponseEntity<ExperimentView> restore(@PathVariable("id") String id) {
    Experiment experiment = Checks.experiment(tracker, id);
    if (experiment.lifecycleStage() == LifecycleStage.DELETED) {
      tracker.restoreExperiment(experiment.id());
      trail.done(
          "experiment.restored",
          "experiments/" + experiment.id(),
          Map.of("name", experiment.name()));
    }
    return ResponseEntity.ok(ExperimentView.of(Checks.experiment(tracker, id)));
  }

  /** MLflow answers a taken name with a server error, so it is looked up before. */
  private void rename(Experiment experiment, String name) {
    try {
      if (tracker.experimentNamed(name).isPresent()) {
        throw new ExperimentTracker.NameTaken(name);
      }
      tracker.renameExperiment(experiment.id(), name);
    } catch (ExperimentTracker.NameTaken e) {
      throw new Problem(ApiError.EXPERIMENT_NAME_TAKEN, "An experiment with this name exists.")
          .with("name", name);
    }
  }

  private static <T> T ask(java.util.function.Supplier<T> query) {
    try {
      return query.get();
    } catch (ExperimentTracker.QueryRefused e) {
      throw Problem.invalid("page_token", "is not a token of this list");
    }
  }

  private static String fingerprint(Caller caller, String route, @Nullable String idempotencyKey) {
    return idempotencyKey == null
        ? RequestFingerprint.unique()
        : RequestFingerprint.of(caller, route, idempotencyKey);
  }
}
