package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import java.util.HashMap;
import java.util.Map;
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
          return new ReferenceProfile((long) Json.number(root.path("rows"), "rows"), columns);
        });
  }

  private static ReferenceProfile.Column column(JsonNode node) {
    double missing = Json.number(node.path("missing"), "missing");
    String type = Json.text(node, "type");
    return switch (type) {
      case "number" ->
          new ReferenceProfile.Numbers(
              missing,
              Json.each(node.path("edges"), edge -> Json.number(edge, "an edge")),
              Json.each(node.path("frequencies"), share -> Json.number(share, "a frequency")));
      case "text" -> {
        Map<String, Double> categories = new HashMap<>();
        node.path("categories")
            .properties()
            .forEach(
                entry -> categories.put(entry.getKey(), Json.number(entry.getValue(), "a share")));
        yield new ReferenceProfile.Texts(
            missing, categories, Json.number(node.path("other"), "other"));
      }
      default -> throw new IllegalArgumentException("the type of a column is unknown: " + type);
    };
  }
}
