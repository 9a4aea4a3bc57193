package ai.matih.ml.serving.engine.files;

import ai.matih.ml.serving.engine.BundleRefused;
import ai.matih.ml.serving.engine.Column;
import ai.matih.ml.serving.engine.ColumnType;
import ai.matih.ml.serving.engine.FeatureSource;
import ai.matih.ml.serving.engine.GoldenRows;
import ai.matih.ml.serving.engine.Signature;
import ai.matih.ml.serving.engine.Signature.Task;
import ai.matih.ml.serving.engine.Tensor;
import ai.matih.ml.serving.engine.Tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code signature.json} and {@code golden.json}. Fields it does not know are the business of
 * others.
 */
final class SignatureJson {

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(20)
                          .maxStringLength(100_000)
                          .maxNumberLength(100)
                          .build())
                  .build())
          .build();

  private SignatureJson() {}

  static Signature signature(byte[] json) {
    JsonNode root = tree(json, BundleRefused.Part.SIGNATURE, "signature.json");
    try {
      Task task = Task.valueOf(text(root, "task").toUpperCase(Locale.ROOT));
      JsonNode onnx = root.path("onnx");
      return new Signature(
          task,
          each(root.path("inputs"), SignatureJson::column),
          each(root.path("classes"), SignatureJson::label),
          each(onnx.path("tensors"), SignatureJson::tensor),
          text(onnx, task == Task.CLASSIFICATION ? "probabilities" : "prediction"),
          features(root.path("features")));
    } catch (IllegalArgumentException e) {
      throw new BundleRefused(BundleRefused.Part.SIGNATURE, "signature.json: " + e.getMessage());
    }
  }

  static GoldenRows golden(byte[] json) {
    JsonNode root = tree(json, BundleRefused.Part.GOLDEN_ROWS, "golden.json");
    try {
      return new GoldenRows(
          root.path("tolerance").asDouble(Double.NaN), each(root.path("rows"), SignatureJson::row));
    } catch (IllegalArgumentException e) {
      throw new BundleRefused(BundleRefused.Part.GOLDEN_ROWS, "golden.json: " + e.getMessage());
    }
  }

  private static JsonNode tree(byte[] json, BundleRefused.Part part, String file) {
    try {
      return JSON.readTree(json);
    } catch (JacksonException e) {
      throw new BundleRefused(part, file + " is not valid JSON");
    }
  }

  private static Column column(JsonNode node) {
    return new Column(
        text(node, "name"),
        ColumnType.valueOf(text(node, "type").toUpperCase(Locale.ROOT)),
        node.path("nullable").asBoolean(false));
  }

  private static Tensor tensor(JsonNode node) {
    return new Tensor(
        text(node, "name"),
        TensorType.valueOf(text(node, "datatype")),
        each(node.path("columns"), SignatureJson::string));
  }

  private static Optional<FeatureSource> features(JsonNode node) {
    if (!node.isObject() || node.path("references").isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new FeatureSource(
            each(node.path("references"), SignatureJson::string),
            node.path("service").isString()
                ? Optional.of(node.path("service").asString())
                : Optional.empty(),
            each(node.path("join_keys"), SignatureJson::string)));
  }

  private static GoldenRows.Row row(JsonNode node) {
    Map<String, Object> inputs = new HashMap<>();
    for (Map.Entry<String, JsonNode> field : node.path("inputs").properties()) {
      if (!field.getValue().isNull()) {
        inputs.put(field.getKey(), label(field.getValue()));
      }
    }
    return new GoldenRows.Row(
        inputs,
        label(node.path("prediction")),
        each(node.path("probabilities"), JsonNode::asDouble));
  }

  /** A class label or an input value: a number, a text or a truth value. */
  private static Object label(JsonNode node) {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.asLong();
    }
    if (node.isNumber()) {
      return node.asDouble();
    }
    if (node.isString()) {
      return node.asString();
    }
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    throw new IllegalArgumentException("a value is neither number, text nor truth value");
  }

  private static String string(JsonNode node) {
    if (!node.isString()) {
      throw new IllegalArgumentException("a text is expected, not " + node.getNodeType());
    }
    return node.asString();
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isString()) {
      throw new IllegalArgumentException("the text field " + field + " is missing");
    }
    return value.asString();
  }

  private static <T> List<T> each(JsonNode array, java.util.function.Function<JsonNode, T> read) {
    List<T> result = new ArrayList<>();
    for (JsonNode node : array) {
      result.add(read.apply(node));
    }
    return result;
  }
}
