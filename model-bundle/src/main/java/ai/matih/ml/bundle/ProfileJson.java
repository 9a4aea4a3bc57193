package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads {@code reference_profile.json}. */
final class ProfileJson {

  private ProfileJson() {}

  static ReferenceProfile read(JsonNode root) {
    return Json.make(
        BundleReader.REFERENCE_PROFILE,
        Part.REFERENCE_PROFILE,
        () -> {
          Map<String, ReferenceProfile.Column> columns = new HashMap<>();
          root.path("columns")
              .properties()
              .forEach(entry -> columns.put(entry.getKey(), column(entry.getValue())));
          return new ReferenceProfile(
              (long) Json.number(root.path("rows"), "rows"),
              columns,
              answers(root.path("prediction")));
        });
  }

  private static Optional<ReferenceProfile.Answers> answers(JsonNode node) {
    JsonNode values = node.has("score") ? node.path("score") : node.path("value");
    if (!values.isObject()) {
      return Optional.empty();
    }
    return Optional.of(
        new ReferenceProfile.Answers(
            node.has("rows")
                ? Optional.of((long) Json.number(node.path("rows"), "rows"))
                : Optional.empty(),
            shares(node.path("classes")),
            Optional.of(
                numbers(
                    values.has("missing") ? Json.number(values.path("missing"), "missing") : 0,
                    values))));
  }

  private static Map<String, Double> shares(JsonNode node) {
    Map<String, Double> shares = new HashMap<>();
    node.properties()
        .forEach(entry -> shares.put(entry.getKey(), Json.number(entry.getValue(), "a share")));
    return shares;
  }

  private static ReferenceProfile.Numbers numbers(double missing, JsonNode node) {
    return new ReferenceProfile.Numbers(
        missing,
        Json.each(node.path("edges"), edge -> Json.number(edge, "an edge")),
        Json.each(node.path("frequencies"), share -> Json.number(share, "a frequency")));
  }

  private static ReferenceProfile.Column column(JsonNode node) {
    double missing = Json.number(node.path("missing"), "missing");
    String type = Json.text(node, "type");
    return switch (type) {
      case "number" -> numbers(missing, node);
      case "text" ->
          new ReferenceProfile.Texts(
              missing, shares(node.path("categories")), Json.number(node.path("other"), "other"));
      default -> throw new IllegalArgumentException("the type of a column is unknown: " + type);
    };
  }
}
