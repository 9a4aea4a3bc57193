package ai.matih.ml.serving.dataplane;

import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.prediction.AbsentFeatures;
import ai.matih.ml.serving.prediction.Prediction;
import ai.matih.ml.serving.prediction.PredictionRequest;
import ai.matih.ml.serving.prediction.PredictionRequest.Form;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Writes answers. A number that JSON cannot say, which only a broken model gives, is left null. */
final class PredictionWriter {

  private final JsonFactory json =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  void write(Prediction prediction, PredictionRequest request, OutputStream out) {
    Scores scores = prediction.scores();
    boolean single = request.form() == Form.SINGLE;
    boolean probabilities = request.returnProbabilities() && scores.hasProbabilities();
    try (JsonGenerator to = json.createGenerator(ObjectWriteContext.empty(), out)) {
      to.writeStartObject();
      to.writeStringProperty("request_id", prediction.requestId());
      to.writeStringProperty("model_id", prediction.model().value());
      to.writeNumberProperty("model_version", prediction.target().version());
      to.writeStringProperty("variant", prediction.target().variant());
      if (single) {
        to.writeName("prediction");
        value(to, scores.prediction(0));
        if (probabilities) {
          to.writeName("probabilities");
          row(to, scores, 0);
        }
      } else {
        to.writeArrayPropertyStart("predictions");
        for (int row = 0; row < scores.rows(); row++) {
          value(to, scores.prediction(row));
        }
        to.writeEndArray();
        if (probabilities) {
          to.writeArrayPropertyStart("probabilities");
          for (int row = 0; row < scores.rows(); row++) {
            row(to, scores, row);
          }
          to.writeEndArray();
        }
      }
      if (!prediction.absent().isEmpty()) {
        absent(to, prediction.absent());
      }
      to.writeNumberProperty(
          "latency_ms", TimeUnit.NANOSECONDS.toMicros(prediction.latency().toNanos()) / 1000.0);
      to.writeEndObject();
    }
  }

  private static void absent(JsonGenerator to, List<AbsentFeatures> rows) {
    to.writeArrayPropertyStart("absent_features");
    for (AbsentFeatures row : rows) {
      to.writeStartObject();
      to.writeNumberProperty("row", row.row());
      to.writeObjectPropertyStart("entity");
      row.entity()
          .forEach(
              (key, value) -> {
                to.writeName(key);
                value(to, value);
              });
      to.writeEndObject();
      to.writeObjectPropertyStart("features");
      row.features()
          .forEach((reference, absence) -> to.writeStringProperty(reference, absence.wireName()));
      to.writeEndObject();
      to.writeEndObject();
    }
    to.writeEndArray();
  }

  private static void row(JsonGenerator to, Scores scores, int row) {
    to.writeStartArray();
    for (int i = 0; i < scores.signature().width(); i++) {
      number(to, scores.value(row, i));
    }
    to.writeEndArray();
  }

  private static void value(JsonGenerator to, Object value) {
    switch (value) {
      case Long number -> to.writeNumber(number);
      case Double number -> number(to, number.floatValue());
      case Boolean flag -> to.writeBoolean(flag);
      default -> to.writeString(value.toString());
    }
  }

  private static void number(JsonGenerator to, float value) {
    if (Float.isFinite(value)) {
      to.writeNumber(value);
    } else {
      to.writeNull();
    }
  }
}
