package ai.matih.ml.features.online.web;

import ai.matih.ml.common.dataplane.Request;
import ai.matih.ml.common.problem.JsonBodies;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.online.OnlineAnswer;
import ai.matih.ml.features.online.ServeFeatures;
import ai.matih.ml.features.online.ValueStatus;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * The call by which Feast's SDK reads with {@code online_store: remote}, with Feast's own answer.
 *
 * <p>It differs from Feast 0.67 in two ways: names come in the order of the request, and values
 * past their time to live are {@code OUTSIDE_MAX_AGE} (unless the setting says otherwise).
 */
@Component
final class FeastEndpoint extends OnlineEndpoint {

  private static final DateTimeFormatter ZONED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);
  private static final String NO_TIME = "1970-01-01T00:00:00Z";
  private static final String PRESENT = "PRESENT";

  private final JsonBodies bodies;

  FeastEndpoint(JsonBodies bodies, ServeFeatures serve, JsonMapper json) {
    super(serve, json);
    this.bodies = bodies;
  }

  record OnlineFeaturesRequest(
      Optional<List<@NotNull String>> features,
      Optional<String> featureService,
      @NotNull Map<String, @NotNull List<Object>> entities,
      Optional<Boolean> fullFeatureNames,
      Optional<Boolean> includeFeatureViewVersionMetadata,
      Optional<String> project) {}

  @Override
  public List<String> paths() {
    return List.of("/api/v1/ml/features/feast/get-online-features", "/get-online-features");
  }

  @Override
  public Work read(Request asked, byte[] body, int length) {
    Caller caller = asked.caller();
    OnlineFeaturesRequest request = bodies.read(body, length, OnlineFeaturesRequest.class);
    if (request.project().filter(p -> !p.equals(caller.tenant().feastProject())).isPresent()) {
      throw Problem.invalid("project", "is not the caller's own");
    }
    List<String> joinKeys = List.copyOf(request.entities().keySet());
    boolean fullNames = request.fullFeatureNames().orElse(false);
    return answering(
        caller,
        new ServeFeatures.Question(
            request.features(), request.featureService(), request.entities()),
        (answer, to) -> write(answer, joinKeys, fullNames, to));
  }

  private static void write(
      OnlineAnswer answer, List<String> joinKeys, boolean fullNames, JsonGenerator to) {
    List<String> names = new ArrayList<>(joinKeys);
    for (FeatureReference reference : answer.features()) {
      names.add(fullNames ? reference.view() + "__" + reference.feature() : reference.feature());
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw Problem.invalid(
          "features", "have equal names in several views; set full_feature_names");
    }
    Values values = new Values(to);
    to.writeStartObject();
    to.writeArrayPropertyStart("results");
    for (String joinKey : joinKeys) {
      entities(answer.entities(joinKey), to, values);
    }
    for (int column = 0; column < answer.features().size(); column++) {
      feature(answer, column, to, values);
    }
    to.writeEndArray();
    to.writeObjectPropertyStart("metadata");
    to.writeArrayPropertyStart("feature_names");
    names.forEach(to::writeString);
    to.writeEndArray();
    to.writeEndObject();
    to.writeEndObject();
  }

  private static void entities(List<Object> keys, JsonGenerator to, Values values) {
    to.writeStartObject();
    to.writeArrayPropertyStart("values");
    keys.forEach(key -> value(key, to, values));
    to.writeEndArray();
    to.writeArrayPropertyStart("statuses");
    keys.forEach(_ -> to.writeString(PRESENT));
    to.writeEndArray();
    to.writeArrayPropertyStart("event_timestamps");
    keys.forEach(_ -> to.writeString(NO_TIME));
    to.writeEndArray();
    to.writeEndObject();
  }

  private static void feature(OnlineAnswer answer, int column, JsonGenerator to, Values values) {
    to.writeStartObject();
    to.writeArrayPropertyStart("values");
    for (int row = 0; row < answer.rows(); row++) {
      value(answer.value(row, column), to, values);
    }
    to.writeEndArray();
    to.writeArrayPropertyStart("statuses");
    for (int row = 0; row < answer.rows(); row++) {
      ValueStatus status = answer.status(row, column);
      // Feast 0.67 calls a stored null present.
      to.writeString(status == ValueStatus.NULL ? PRESENT : status.name());
    }
    to.writeEndArray();
    to.writeArrayPropertyStart("event_timestamps");
    for (int row = 0; row < answer.rows(); row++) {
      Instant at = answer.eventTime(row, column);
      to.writeString(at == null ? NO_TIME : values.text(at));
    }
    to.writeEndArray();
    to.writeEndObject();
  }

  private static void value(@Nullable Object value, JsonGenerator to, Values values) {
    Object written = feast(value);
    if (written == null) {
      to.writeNull();
    } else {
      values.write(written);
    }
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
