package ai.matih.ml.features.materialization.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.SourceDefinition;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.materialization.PushRows;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * The calls by which Feast's clients write online values, in the form of Feast's feature server: a
 * data frame by column. They do what {@code POST /features/push} does, with its checks.
 *
 * <p>Feast's client names the times {@code event_timestamp} and {@code created} whatever the view's
 * source calls them; both names are taken.
 */
@RestController
@Tag(name = "features")
class FeastWriteController {

  private static final String FEAST = "/api/v1/ml/features/feast";
  private static final String EVENT_TIME = "event_timestamp";
  private static final String CREATED = "created";
  private static final int MOST_ROWS = 10_000;

  private final PushRows push;
  private final DefinitionsSource definitions;

  FeastWriteController(PushRows push, DefinitionsSource definitions) {
    this.push = push;
    this.definitions = definitions;
  }

  /**
   * @param df values by column, each column as long as the others
   * @param allowRegistryCache no effect
   * @param transformOnWrite no effect: only views without Python are written
   */
  record WriteToOnlineStoreRequest(
      @NotBlank String featureViewName,
      @NotEmpty Map<String, @NotNull List<@Nullable Object>> df,
      Optional<Boolean> allowRegistryCache,
      Optional<Boolean> transformOnWrite) {}

  /**
   * @param df values by column, each column as long as the others
   * @param to {@code online}, the only place that rows can be pushed to
   * @param allowRegistryCache no effect
   * @param transformOnWrite no effect: only views without Python are written
   */
  record PushToSourceRequest(
      @NotBlank String pushSourceName,
      @NotEmpty Map<String, @NotNull List<@Nullable Object>> df,
      Optional<String> to,
      Optional<Boolean> allowRegistryCache,
      Optional<Boolean> transformOnWrite) {}

  @PostMapping({FEAST + "/write-to-online-store", "/write-to-online-store"})
  @Allow(Permission.FEATURES_WRITE)
  @Operation(summary = "Write rows of one view, in the form of Feast's feature server")
  void write(@Valid @RequestBody WriteToOnlineStoreRequest request, Caller caller) {
    ViewDefinition view = definitions.of(caller.tenant()).views().get(request.featureViewName());
    if (view == null) {
      throw new Problem(
              FeaturesError.VIEW_NOT_FOUND,
              "There is no feature view " + request.featureViewName() + ".")
          .with("field", "feature_view_name")
          .with("view", request.featureViewName());
    }
    push.push(caller.tenant(), view.name(), rows(view, request.df()));
  }

  @PostMapping({FEAST + "/push", "/push"})
  @Allow(Permission.FEATURES_WRITE)
  @Operation(summary = "Push rows to a push source, in the form of Feast's feature server")
  void push(@Valid @RequestBody PushToSourceRequest request, Caller caller) {
    if (!request.to().orElse("online").equals("online")) {
      throw Problem.invalid(
          "to", "must be online; history comes from the view's source, not from pushed rows");
    }
    Definitions known = definitions.of(caller.tenant());
    List<ViewDefinition> views =
        known.views().values().stream()
            .filter(view -> view.pushSource().equals(Optional.of(request.pushSourceName())))
            .toList();
    if (views.isEmpty()) {
      throw new Problem(
              FeaturesError.SOURCE_NOT_FOUND,
              "No feature view has the push source " + request.pushSourceName() + ".")
          .with("field", "push_source_name")
          .with("source", request.pushSourceName());
    }
    views.forEach(view -> push.push(caller.tenant(), view.name(), rows(view, request.df())));
  }

  private static List<Map<String, @Nullable Object>> rows(
      ViewDefinition view, Map<String, List<@Nullable Object>> frame) {
    int count = frame.values().iterator().next().size();
    if (count == 0 || count > MOST_ROWS) {
      throw Problem.invalid("df", "must have 1 to " + MOST_ROWS + " rows");
    }
    List<Map<String, @Nullable Object>> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      rows.add(new LinkedHashMap<>());
    }
    frame.forEach(
        (column, values) -> {
          if (values.size() != count) {
            throw Problem.invalid(
                "df." + column, "has %d values, others have %d".formatted(values.size(), count));
          }
          Optional<String> name = column(view, frame, column);
          for (int i = 0; name.isPresent() && i < count; i++) {
            rows.get(i).put(name.get(), values.get(i));
          }
        });
    return rows;
  }

  /** The view's own name of a column; empty for a time that the view's source does not have. */
  private static Optional<String> column(ViewDefinition view, Map<String, ?> frame, String column) {
    if (view.source().isEmpty() || isFeature(view, column)) {
      return Optional.of(column);
    }
    SourceDefinition source = view.source().get();
    return switch (column) {
      case EVENT_TIME ->
          frame.containsKey(source.timestampColumn())
              ? Optional.of(column)
              : Optional.of(source.timestampColumn());
      case CREATED -> source.createdTimestampColumn();
      default -> Optional.of(column);
    };
  }

  private static boolean isFeature(ViewDefinition view, String column) {
    return view.features().stream().anyMatch(feature -> feature.name().equals(column))
        || view.joinKeys().stream().anyMatch(key -> key.name().equals(column));
  }
}
