package ai.matih.ml.features.materialization.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.catalog.Condition;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.TypedValues;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.materialization.Materialization;
import ai.matih.ml.features.materialization.Materialization.ViewProgress;
import ai.matih.ml.features.materialization.Materializations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "features")
class MaterializationController {

  private static final String PATH = "/api/v1/ml/features/materializations";

  private final Materializations materializations;
  private final DefinitionsSource definitions;
  private final Clock clock;

  MaterializationController(
      Materializations materializations, DefinitionsSource definitions, Clock clock) {
    this.materializations = materializations;
    this.definitions = definitions;
    this.clock = clock;
  }

  /**
   * @param views all online views when absent
   * @param start from the beginning of time when absent
   * @param end now when absent
   */
  record MaterializeRequest(
      Optional<@Size(min = 1, max = 200) List<@NotNull String>> views,
      Optional<Instant> start,
      Optional<Instant> end) {}

  record MaterializationResponse(
      UUID id,
      Materialization.Status status,
      int progress,
      Instant start,
      Instant end,
      List<ViewProgress> views,
      List<Condition> conditions,
      String submittedBy,
      Instant createdAt,
      Optional<Instant> finishedAt) {}

  @PostMapping("/api/v1/ml/features/materialize")
  @Allow(Permission.FEATURES_WRITE)
  @Idempotent
  @Operation(summary = "Carry history into the online store; serving goes on meanwhile")
  @Answers(202)
  ResponseEntity<MaterializationResponse> materialize(
      @Valid @RequestBody MaterializeRequest request, Caller caller) {
    Instant start = request.start().orElse(TypedValues.FIRST_EVENT);
    Instant end = request.end().orElseGet(clock::instant);
    if (start.isAfter(end)) {
      throw Problem.invalid("start", "must not lie after end");
    }
    if (start.isBefore(TypedValues.FIRST_EVENT) || end.isAfter(TypedValues.LAST_EVENT)) {
      throw Problem.invalid("end", "start and end must lie in the years 1678 to 2261");
    }
    Materialization created =
        materializations.create(start, end, views(request, caller), caller.actor());
    return ResponseEntity.accepted()
        .location(URI.create(PATH + "/" + created.id()))
        .body(response(created));
  }

  @GetMapping(PATH)
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "Materializations, newest first")
  Page<MaterializationResponse> list(PageRequest page, Caller caller) {
    return materializations.list(page).map(MaterializationController::response);
  }

  @GetMapping(PATH + "/{id}")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "Status and progress of one materialization")
  MaterializationResponse get(@PathVariable UUID id, Caller caller) {
    return materializations
        .find(id)
        .map(MaterializationController::response)
        .orElseThrow(
            () ->
                new Problem(
                        FeaturesError.MATERIALIZATION_NOT_FOUND,
                        "There is no materialization " + id + ".")
                    .with("id", id));
  }

  private List<String> views(MaterializeRequest request, Caller caller) {
    Definitions known = definitions.fresh(caller.tenant());
    List<String> online =
        known.views().values().stream()
            .filter(v -> v.online() && v.kind() != ViewDefinition.Kind.ON_DEMAND)
            .map(ViewDefinition::name)
            .sorted()
            .toList();
    List<String> asked = request.views().map(v -> v.stream().distinct().toList()).orElse(online);
    for (int i = 0; i < asked.size(); i++) {
      String name = asked.get(i);
      if (!known.views().containsKey(name)) {
        throw new Problem(
                FeaturesError.VIEW_NOT_FOUND,
                "There is no feature view " + name + " in Feast (or not yet).")
            .with("field", "views[" + i + "]")
            .with("view", name);
      }
      if (!online.contains(name)) {
        throw new Problem(FeaturesError.VIEW_NOT_ONLINE, "The view " + name + " is not online.")
            .with("field", "views[" + i + "]")
            .with("view", name);
      }
    }
    if (asked.isEmpty()) {
      throw new Problem(FeaturesError.VIEW_NOT_FOUND, "There are no online views yet.");
    }
    return asked;
  }

  private static MaterializationResponse response(Materialization m) {
    Condition.Status complete =
        switch (m.status()) {
          case SUCCEEDED -> Condition.Status.TRUE;
          case FAILED -> Condition.Status.FALSE;
          case QUEUED, RUNNING -> Condition.Status.UNKNOWN;
        };
    List<ViewProgress> views =
        m.progress().isEmpty()
            ? m.views().stream().map(ViewProgress::pending).toList()
            : m.progress();
    return new MaterializationResponse(
        m.id(),
        m.status(),
        m.percent(),
        m.start(),
        m.end(),
        views,
        List.of(new Condition("Complete", complete, m.reason(), m.message(), m.since())),
        m.submittedBy(),
        m.createdAt(),
        m.finishedAt());
  }
}
