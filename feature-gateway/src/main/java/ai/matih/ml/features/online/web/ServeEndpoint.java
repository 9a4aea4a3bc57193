package ai.matih.ml.features.online.web;

import ai.matih.ml.common.dataplane.Request;
import ai.matih.ml.common.problem.JsonBodies;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.features.online.OnlineAnswer;
import ai.matih.ml.features.online.ServeFeatures;
import ai.matih.ml.features.online.ValueStatus;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /api/v1/ml/features/serve}: values as they are now, with a status for each. */
@Component
final class ServeEndpoint extends OnlineEndpoint {

  private static final SerializedString VALUE = new SerializedString("value");
  private static final SerializedString STATUS = new SerializedString("status");
  private static final SerializedString EVENT_TIMESTAMP = new SerializedString("event_timestamp");

  private final JsonBodies bodies;

  ServeEndpoint(JsonBodies bodies, ServeFeatures serve, JsonMapper json) {
    super(serve, json);
    this.bodies = bodies;
  }

  /**
   * @param features written {@code view:feature}; or else a service
   * @param entities for each join key its values, all of the same length
   */
  record ServeRequest(
      Optional<List<@NotNull String>> features,
      Optional<String> featureService,
      @NotNull Map<String, @NotNull List<Object>> entities) {}

  @Override
  public List<String> paths() {
    return List.of("/api/v1/ml/features/serve");
  }

  @Override
  public Work read(Request asked, byte[] body, int length) {
    Caller caller = asked.caller();
    ServeRequest request = bodies.read(body, length, ServeRequest.class);
    return answering(
        caller,
        new ServeFeatures.Question(
            request.features(), request.featureService(), request.entities()),
        ServeEndpoint::write);
  }

  private static void write(OnlineAnswer answer, JsonGenerator to) {
    List<SerializedString> names =
        answer.features().stream().map(one -> new SerializedString(one.toString())).toList();
    Values values = new Values(to);
    to.writeStartObject();
    to.writeArrayPropertyStart("feature_names");
    names.forEach(to::writeString);
    to.writeEndArray();
    to.writeArrayPropertyStart("rows");
    for (int row = 0; row < answer.rows(); row++) {
      to.writeStartObject();
      to.writeObjectPropertyStart("entity");
      answer
          .entity(row)
          .forEach(
              (key, value) -> {
                to.writeName(key);
                values.write(value);
              });
      to.writeEndObject();
      row(answer, row, names, to, values);
      to.writeEndObject();
    }
    to.writeEndArray();
    to.writeEndObject();
  }

  private static void row(
      OnlineAnswer answer, int row, List<SerializedString> names, JsonGenerator to, Values values) {
    boolean absent = false;
    to.writeObjectPropertyStart("values");
    for (int column = 0; column < names.size(); column++) {
      ValueStatus status = answer.status(row, column);
      absent |= status.isAbsent();
      to.writeName(names.get(column));
      to.writeStartObject();
      var value = answer.value(row, column);
      if (value != null) {
        to.writeName(VALUE);
        values.write(value);
      }
      to.writeName(STATUS);
      to.writeString(status.wire());
      var at = answer.eventTime(row, column);
      if (at != null) {
        to.writeName(EVENT_TIMESTAMP);
        to.writeString(values.text(at));
      }
      to.writeEndObject();
    }
    to.writeEndObject();
    if (absent) {
      // The features without a value that a model could rely on, and why.
      to.writeObjectPropertyStart("absent");
      for (int column = 0; column < names.size(); column++) {
        ValueStatus status = answer.status(row, column);
        if (status.isAbsent()) {
          to.writeName(names.get(column));
          to.writeString(status.wire());
        }
      }
      to.writeEndObject();
    }
  }
}
