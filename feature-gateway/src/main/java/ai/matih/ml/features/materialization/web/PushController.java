package ai.matih.ml.features.materialization.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.materialization.FeastRuns;
import ai.matih.ml.features.materialization.RecordPush;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "features")
class PushController {

  private final DefinitionsSource definitions;
  private final RecordPush push;

  PushController(DefinitionsSource definitions, RecordPush push) {
    this.definitions = definitions;
    this.push = push;
  }

  /**
   * @param rows each with the join keys, the source's timestamp column (ISO-8601) and all features
   */
  record PushRequest(
      @NotBlank @Size(max = 63) String view,
      @NotEmpty @Size(max = 1000) List<@NotEmpty Map<String, Object>> rows) {}

  record PushResponse(String view, int rows) {}

  @PostMapping("/api/v1/ml/features/push")
  @Allow(Permission.FEATURES_WRITE)
  @Idempotent(outside = true)
  @Operation(summary = "Write rows of one view straight into the online store")
  ResponseEntity<PushResponse> push(@Valid @RequestBody PushRequest request, Caller caller) {
    ViewDefinition view = definitions.of(caller.tenant()).views().get(request.view());
    if (view == null) {
      throw new Problem(
              FeaturesError.VIEW_NOT_FOUND, "There is no feature view " + request.view() + ".")
          .with("field", "view")
          .with("view", request.view());
    }
    String source =
        view.pushSource()
            .orElseThrow(
                () ->
                    new Problem(
                            FeaturesError.PUSH_NOT_ACCEPTED,
                            "The view "
                                + view.name()
                                + " takes no pushed rows; declare it with push: true.")
                        .with("view", view.name()));
    checkColumns(view, request.rows());
    try {
      push.push(caller.tenant(), view.name(), source, request.rows());
    } catch (FeastRuns.Refused refused) {
      throw new Problem(FeaturesError.FEAST_REFUSED, refused.reason()).with("view", view.name());
    }
    return ResponseEntity.ok(new PushResponse(view.name(), request.rows().size()));
  }

  private static void checkColumns(ViewDefinition view, List<Map<String, Object>> rows) {
    Set<String> columns = new LinkedHashSet<>();
    view.joinKeys().forEach(k -> columns.add(k.name()));
    view.source()
        .ifPresent(
            s -> {
              columns.add(s.timestampColumn());
              s.createdTimestampColumn().ifPresent(columns::add);
            });
    view.features().forEach(f -> columns.add(f.name()));
    List<Violation> wrong = new ArrayList<>();
    for (int i = 0; i < rows.size() && wrong.size() < 20; i++) {
      Map<String, Object> row = rows.get(i);
      for (String column : columns) {
        if (!row.containsKey(column)) {
          wrong.add(new Violation("rows[" + i + "]." + column, "is required"));
        }
      }
      for (String column : row.keySet()) {
        if (!columns.contains(column)) {
          wrong.add(new Violation("rows[" + i + "]." + column, "is not a column of the view"));
        }
      }
    }
    if (!wrong.isEmpty()) {
      throw Problem.invalid(wrong);
    }
  }
}
