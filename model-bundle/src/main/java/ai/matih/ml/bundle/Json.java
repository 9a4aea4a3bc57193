package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What all documents of a bundle are read with. Fields that nobody asks for may be there. */
final class Json {

  private static final JsonMapper MAPPER =
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

  private Json() {}

  static JsonNode tree(byte[] content, String file, Part part) {
    JsonNode root;
    try {
      root = MAPPER.readTree(content);
    } catch (JacksonException e) {
      throw new BundleRefused(part, "The file " + file + " is not valid JSON.");
    }
    if (root == null || !root.isObject()) {
      throw new BundleRefused(part, "The file " + file + " is not a JSON object.");
    }
    return root;
  }

  /** Makes a value of a document; what the value's own checks say becomes a refusal. */
  static <T> T make(String file, Part part, java.util.function.Supplier<T> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      throw new BundleRefused(part, "The file %s is refused: %s.".formatted(file, e.getMessage()));
    }
  }

  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isString()) {
      throw new IllegalArgumentException("the text field " + field + " is missing");
    }
    return value.asString();
  }

  static String text(JsonNode node) {
    if (!node.isString()) {
      throw new IllegalArgumentException("a text is expected, not " + node);
    }
    return node.asString();
  }

  static double number(JsonNode node, String what) {
    double number = node.isNumber() ? node.asDouble() : Double.NaN;
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException(what + " is no finite number");
    }
    return number;
  }

  /** A class label or an input's value: a number, a text or a truth value. */
  static Object value(JsonNode node) {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.asLong();
    }
    if (node.isNumber()) {
      return number(node, "a value");
    }
    if (node.isString()) {
      return node.asString();
    }
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    throw new IllegalArgumentException("a value is neither number, text nor truth value");
  }

  static <E extends Enum<E>> E word(Class<E> type, String word, String what) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(java.util.Locale.ROOT).equals(word)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(what + " is unknown: " + word);
  }

  /** The elements of a list; none when the list is absent. */
  static <T> List<T> each(JsonNode list, Function<JsonNode, T> read) {
    if (!list.isMissingNode() && !list.isNull() && !list.isArray()) {
      throw new IllegalArgumentException("a list is expected, not " + list);
    }
    List<T> result = new ArrayList<>();
    for (JsonNode node : list) {
      result.add(read.apply(node));
    }
    return result;
  }
}
