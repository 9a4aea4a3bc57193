package ai.matih.ml.registry.evidencebundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON of which there is one text per document and which a person can read: UTF-8, names sorted,
 * two spaces, no nulls.
 */
final class CanonicalJson {

  private static final DefaultIndenter INDENT = new DefaultIndenter("  ", "\n");

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .changeDefaultPropertyInclusion(v -> v.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .defaultPrettyPrinter(
              new DefaultPrettyPrinter().withObjectIndenter(INDENT).withArrayIndenter(INDENT))
          .build();

  private CanonicalJson() {}

  static byte[] write(Object document) {
    JsonNode tree = MAPPER.valueToTree(document);
    dropNulls(tree);
    String text = MAPPER.writeValueAsString(MAPPER.treeToValue(tree, Object.class));
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** A document that exists as text already. */
  static JsonNode parse(String json) {
    return MAPPER.readTree(json);
  }

  private static void dropNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().stream()
          .filter(property -> property.getValue().isNull())
          .map(java.util.Map.Entry::getKey)
          .toList()
          .forEach(object::remove);
      object.forEach(CanonicalJson::dropNulls);
    } else if (node instanceof ArrayNode array) {
      array.forEach(CanonicalJson::dropNulls);
    }
  }
}
