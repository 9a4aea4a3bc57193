package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.bundle.Tensor.TensorType;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads {@code signature.json} and {@code onnx.json}; in format 1 the first held both. */
final class SignatureJson {

  private SignatureJson() {}

  static Signature signature(JsonNode root) {
    JsonNode format = root.path("bundle_format");
    int number =
        BundleFormat.check(format.isMissingNode() ? 1 : format.isInt() ? format.asInt() : format);
    return Json.make(
        BundleReader.SIGNATURE,
        Part.SIGNATURE,
        () ->
            new Signature(
                number,
                Json.word(Task.class, Json.text(root, "task"), "the task"),
                Json.each(root.path("inputs"), SignatureJson::column),
                Json.each(root.path("classes"), Json::value),
                features(root.path("features"))));
  }

  private static Column column(JsonNode node) {
    return new Column(
        Json.text(node, "name"),
        Json.word(ColumnType.class, Json.text(node, "type"), "the type of an input"),
        node.path("nullable").asBoolean(false));
  }

  private static Optional<FeatureSource> features(JsonNode node) {
    if (!node.isObject() || node.path("references").isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new FeatureSource(
            Json.each(node.path("references"), Json::text),
            node.path("service").isString()
                ? Optional.of(node.path("service").asString())
                : Optional.empty(),
            Json.each(node.path("join_keys"), Json::text)));
  }

  static OnnxLayout layout(JsonNode root, Signature signature) {
    return Json.make(
        BundleReader.ONNX_LAYOUT,
        Part.LAYOUT,
        () ->
            new OnnxLayout(
                signature,
                Json.each(root.path("tensors"), SignatureJson::tensor),
                Json.text(root.path("outputs"), output(signature))));
  }

  static OnnxLayout layoutOfFormat1(JsonNode root, Signature signature) {
    JsonNode onnx = root.path("onnx");
    return Json.make(
        BundleReader.SIGNATURE,
        Part.SIGNATURE,
        () ->
            new OnnxLayout(
                signature,
                Json.each(onnx.path("tensors"), SignatureJson::tensor),
                Json.text(onnx, output(signature))));
  }

  private static String output(Signature signature) {
    return switch (signature.task()) {
      case CLASSIFICATION -> "probabilities";
      case REGRESSION -> "prediction";
    };
  }

  private static Tensor tensor(JsonNode node) {
    String type = Json.text(node, "datatype");
    return new Tensor(
        Json.text(node, "name"),
        switch (type) {
          case "FP32" -> TensorType.FP32;
          case "BYTES" -> TensorType.BYTES;
          default -> throw new IllegalArgumentException("the datatype is unknown: " + type);
        },
        Json.each(node.path("columns"), Json::text));
  }
}
