package ai.matih.ml.features.online.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.online.OnlineAnswer;
import ai.matih.ml.features.online.OnlineAnswer.Answered;
import ai.matih.ml.features.online.ServeFeatures;
import ai.matih.ml.features.online.ValueStatus;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * The call by which Feast's SDK reads with {@code online_store: remote}, with Feast's own answer.
 *
 * <p>It differs from Feast 0.67 in two ways: names come in the order of the request, and values
 * past their time to live are {@code OUTSIDE_MAX_AGE} (unless the setting says otherwise).
 */
@RestController
@Tag(name = "features")
class FeastController {

  private static final DateTimeFormatter ZONED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);
  private static final String NO_TIME = "1970-01-01T00:00:00Z";

  private final ServeFeatures serve;

  FeastController(ServeFeatures serve) {
    this.serve = serve;
  }

  record OnlineFeaturesRequest(
      Optional<List<@NotNull String>> features,
      Optional<String> featureService,
      @NotNull Map<String, @NotNull List<Object>> entities,
      Optional<Boolean> fullFeatureNames,
      Optional<Boolean> includeFeatureViewVersionMetadata,
      Optional<String> project) {}

  record OnlineFeaturesResponse(List<FeatureVector> results, Metadata metadata) {}

  record Metadata(List<String> featureNames) {}

  record FeatureVector(
      @JsonInclude(content = JsonInclude.Include.ALWAYS) List<@Nullable Object> values,
      List<String> statuses,
      List<String> eventTimestamps) {}

  @PostMapping({"/api/v1/ml/features/feast/get-online-features", "/get-online-features"})
  @Allow({Permission.FEATURES_READ, Permission.PREDICTIONS_CREATE})
  @Operation(summary = "Online values in the form of Feast's feature server")
  OnlineFeaturesResponse getOnlineFeatures(
      @Valid @RequestBody OnlineFeaturesRequest request, Caller caller) {
    if (request.project().filter(p -> !p.equals(caller.tenant().feastProject())).isPresent()) {
      throw Problem.invalid("project", "is not the caller's own");
    }
    OnlineAnswer answer =
        serve.answer(
            caller.tenant(),
            new ServeFeatures.Question(
                request.features(), request.featureService(), request.entities()));
    boolean fullNames = request.fullFeatureNames().orElse(false);
    List<String> names = new ArrayList<>(request.entities().keySet());
    List<FeatureVector> vectors = new ArrayList<>();
    for (String joinKey : request.entities().keySet()) {
      vectors.add(entityVector(joinKey, answer.rows()));
    }
    for (int i = 0; i < answer.features().size(); i++) {
      FeatureReference reference = answer.features().get(i);
      names.add(fullNames ? reference.view() + "__" + reference.feature() : reference.feature());
      vectors.add(featureVector(i, answer.rows()));
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw Problem.invalid(
          "features", "have equal names in several views; set full_feature_names");
    }
    return new OnlineFeaturesResponse(vectors, new Metadata(names));
  }

  private static FeatureVector entityVector(String joinKey, List<OnlineAnswer.Row> rows) {
    List<@Nullable Object> values = new ArrayList<>(rows.size());
    rows.forEach(row -> values.add(feast(row.entity().get(joinKey))));
    return new FeatureVector(
        values,
        Collections.nCopies(rows.size(), "PRESENT"),
        Collections.nCopies(rows.size(), NO_TIME));
  }

  private static FeatureVector featureVector(int column, List<OnlineAnswer.Row> rows) {
    List<@Nullable Object> values = new ArrayList<>(rows.size());
    List<String> statuses = new ArrayList<>(rows.size());
    List<String> times = new ArrayList<>(rows.size());
    for (OnlineAnswer.Row row : rows) {
      Answered answered = row.values().get(column);
      values.add(feast(answered.value().orElse(null)));
      // Feast 0.67 calls a stored null present.
      statuses.add(answered.status() == ValueStatus.NULL ? "PRESENT" : answered.status().name());
      times.add(answered.eventTimestamp().map(Instant::toString).orElse(NO_TIME));
    }
    return new FeatureVector(values, statuses, times);
  }

  /** Feast writes instants as epoch seconds. */
  private static @Nullable Object feast(@Nullable Object value) {
    return switch (value) {
      case Instant instant -> instant.getEpochSecond();
      case List<?> list -> {
        List<@Nullable Object> converted = new ArrayList<>(list.size());
        for (Object item : list) {
          converted.add(feast(item));
        }
        yield converted;
      }
      case Map<?, ?> map -> {
        Map<Object, @Nullable Object> converted = new LinkedHashMap<>();
        map.forEach((key, item) -> converted.put(key, feast(item)));
        yield converted;
      }
      // As Python writes it: always with seconds, and a numeric offset for UTC too.
      case OffsetDateTime zoned -> ZONED.format(zoned);
      case null -> null;
      default -> value;
    };
  }
}
