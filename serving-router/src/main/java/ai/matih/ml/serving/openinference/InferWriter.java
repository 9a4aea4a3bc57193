package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.dataplane.Output;
import ai.matih.ml.serving.prediction.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Writes answers: JSON, and behind it the bytes of the outputs that are wanted so. */
public final class InferWriter {

  private final JsonFactory json =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  void write(InferRequest request, Prediction prediction, Output out) {
    List<byte[]> binary = new ArrayList<>();
    try (JsonGenerator to = json.createGenerator(ObjectWriteContext.empty(), out)) {
      to.writeStartObject();
      request.id().ifPresent(id -> to.writeStringProperty("id", id));
      to.writeStringProperty("model_name", prediction.model().value());
      to.writeStringProperty("model_version", Long.toString(prediction.target().version()));
      to.writeObjectPropertyStart("parameters");
      parameters(prediction).forEach(to::writeStringProperty);
      to.writeEndObject();
      to.writeArrayPropertyStart("outputs");
      List<TensorInfo> wanted = request.wanted(prediction.scores().signature());
      for (int i = 0; i < wanted.size(); i++) {
        OutputValues values = new OutputValues(wanted.get(i), prediction.scores());
        to.writeStartObject();
        to.writeStringProperty("name", wanted.get(i).name());
        to.writeStringProperty("datatype", wanted.get(i).datatype().name());
        to.writeArrayPropertyStart("shape");
        values.shape().forEach(to::writeNumber);
        to.writeEndArray();
        if (request.isBinary(i)) {
          byte[] bytes = values.bytes();
          binary.add(bytes);
          to.writeObjectPropertyStart("parameters");
          to.writeNumberProperty("binary_data_size", bytes.length);
          to.writeEndObject();
        } else {
          to.writeName("data");
          values.write(to);
        }
        to.writeEndObject();
      }
      to.writeEndArray();
      to.writeEndObject();
    }
    if (!binary.isEmpty()) {
      out.headers(
          "Content-Type: application/octet-stream\r\nInference-Header-Content-Length: %d\r\n"
              .formatted(out.size()));
      binary.forEach(out::writeBytes);
    }
  }

  /** What an answer says beside its tensors, by the names that {@code /predict} has for it. */
  public static Map<String, String> parameters(Prediction prediction) {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("request_id", prediction.requestId());
    parameters.put("variant", prediction.target().variant());
    if (!prediction.absent().isEmpty()) {
      parameters.put("absent_features", AbsentFeaturesJson.of(prediction.absent()));
    }
    return parameters;
  }
}
