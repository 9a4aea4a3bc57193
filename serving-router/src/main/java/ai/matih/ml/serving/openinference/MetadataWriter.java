package ai.matih.ml.serving.openinference;

import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.common.dataplane.Output;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.prediction.TensorRequest;
import ai.matih.ml.serving.routing.Router;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes what the server and its models say about themselves. */
final class MetadataWriter {

  private final JsonFactory json = new JsonFactory();

  /** Of what is asked whether it is so; what is not is refused instead. */
  void flag(String name, Output out) {
    try (JsonGenerator to = json.createGenerator(ObjectWriteContext.empty(), out)) {
      to.writeStartObject();
      to.writeBooleanProperty(name, true);
      to.writeEndObject();
    }
  }

  void server(Output out) {
    try (JsonGenerator to = json.createGenerator(ObjectWriteContext.empty(), out)) {
      to.writeStartObject();
      to.writeStringProperty("name", ServedModels.SERVER);
      to.writeStringProperty("version", ServedModels.version());
      to.writeArrayPropertyStart("extensions");
      ServedModels.EXTENSIONS.forEach(to::writeString);
      to.writeEndArray();
      to.writeEndObject();
    }
  }

  void model(ModelId model, Router.Outline outline, Output out) {
    try (JsonGenerator to = json.createGenerator(ObjectWriteContext.empty(), out)) {
      to.writeStartObject();
      to.writeStringProperty("name", model.value());
      to.writeArrayPropertyStart("versions");
      outline.versions().forEach(version -> to.writeString(Long.toString(version)));
      to.writeEndArray();
      to.writeStringProperty("platform", ServedModels.SERVER);
      tensors(to, "inputs", TensorInfo.inputs(outline.signature()));
      tensors(to, "outputs", TensorInfo.outputs(outline.signature()));
      to.writeObjectPropertyStart("parameters");
      to.writeNumberProperty("version", outline.version());
      if (TensorRequest.takesMatrix(outline.signature())) {
        to.writeStringProperty("matrix_input", TensorRequest.MATRIX);
      }
      if (outline.signature().features().isPresent()) {
        FeatureSource source = outline.signature().features().get();
        to.writeStringProperty("join_keys", String.join(",", source.joinKeys()));
      }
      to.writeEndObject();
      to.writeEndObject();
    }
  }

  private static void tensors(JsonGenerator to, String name, List<TensorInfo> tensors) {
    to.writeArrayPropertyStart(name);
    for (TensorInfo tensor : tensors) {
      to.writeStartObject();
      to.writeStringProperty("name", tensor.name());
      to.writeStringProperty("datatype", tensor.datatype().name());
      to.writeArrayPropertyStart("shape");
      tensor.shape().forEach(to::writeNumber);
      to.writeEndArray();
      to.writeEndObject();
    }
    to.writeEndArray();
  }
}
