package ai.matih.ml.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Schemas of custom resources, as their operators install them, trimmed to what tells right from
 * wrong: no descriptions, no status, and in place of a whole pod template a mark, since Kubernetes'
 * own type checks that part better.
 */
final class CustomResources {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String POD_TEMPLATE = "x-pod-template";
  private static final Path FOLDER = Chart.root().resolve("helm/src/test/resources/schemas");

  private static final Set<String> KINDS =
      Set.of(
          "RayCluster",
          "ServiceMonitor",
          "PodMonitor",
          "PrometheusRule",
          "ScaledObject",
          "LocalQueue");

  private final Map<String, JsonNode> schemas = new TreeMap<>();

  /**
   * What is stored; {@code -Dschemas.update=FOLDER} stores it anew from the definitions in a
   * folder.
   */
  static CustomResources load() {
    String definitions = System.getProperty("schemas.update", "");
    if (!definitions.isBlank()) {
      update(Path.of(definitions));
    }
    return new CustomResources();
  }

  private CustomResources() {
    for (Path file : files(FOLDER)) {
      JsonNode stored = JSON.readTree(Chart.read(file));
      schemas.put(stored.path("key").asString(""), stored.path("schema"));
    }
  }

  boolean know(Manifest manifest) {
    return schemas.containsKey(key(manifest));
  }

  List<String> problems(Manifest manifest) {
    List<String> problems = new ArrayList<>();
    JsonNode schema = schemas.get(key(manifest));
    check(
        java.util.Objects.requireNonNull(schema).path("spec"),
        manifest.at("/spec"),
        "spec",
        problems);
    return problems;
  }

  private static String key(Manifest manifest) {
    return manifest.apiVersion() + " " + manifest.kind();
  }

  private void check(JsonNode schema, JsonNode value, String path, List<String> problems) {
    if (schema.path(POD_TEMPLATE).asBoolean(false)) {
      KubernetesTypes.problemOfPodTemplate(value).ifPresent(p -> problems.add(path + ": " + p));
      return;
    }
    if (schema.path("x-kubernetes-int-or-string").asBoolean(false)) {
      if (!value.isString() && !value.isInt() && !value.isLong()) {
        problems.add(path + ": neither a number nor a text");
      }
      return;
    }
    String type = schema.path("type").asString("");
    boolean right =
        switch (type) {
          case "object" -> value.isObject();
          case "array" -> value.isArray();
          case "string" -> value.isString();
          case "boolean" -> value.isBoolean();
          case "integer" -> value.isIntegralNumber();
          case "number" -> value.isNumber();
          default -> true;
        };
    if (!right) {
      problems.add(path + ": not of type " + type);
      return;
    }
    checkWords(schema, value, path, problems);
    if (type.equals("array")) {
      for (int i = 0; i < value.size(); i++) {
        check(schema.path("items"), value.path(i), path + "[" + i + "]", problems);
      }
    }
    if (type.equals("object")) {
      checkFields(schema, value, path, problems);
    }
  }

  private static void checkWords(
      JsonNode schema, JsonNode value, String path, List<String> problems) {
    JsonNode allowed = schema.path("enum");
    if (allowed.isArray() && Manifest.elements(allowed).noneMatch(value::equals)) {
      problems.add(path + ": none of " + allowed);
    }
    if (schema.has("pattern")
        && !value.asString("").matches("(?s).*" + schema.path("pattern").asString("") + ".*")) {
      problems.add(path + ": does not match " + schema.path("pattern"));
    }
    if (schema.has("minimum") && value.asDouble(0) < schema.path("minimum").asDouble(0)) {
      problems.add(path + ": below " + schema.path("minimum"));
    }
    if (schema.has("maxLength") && value.asString("").length() > schema.path("maxLength").asInt()) {
      problems.add(path + ": longer than " + schema.path("maxLength"));
    }
  }

  private void checkFields(JsonNode schema, JsonNode value, String path, List<String> problems) {
    schema
        .path("required")
        .forEach(
            field -> {
              if (!value.has(field.asString(""))) {
                problems.add(path + ": " + field.asString("") + " is missing");
              }
            });
    if (schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false)) {
      return;
    }
    JsonNode known = schema.path("properties");
    JsonNode others = schema.path("additionalProperties");
    value
        .properties()
        .forEach(
            field -> {
              String below = path + "." + field.getKey();
              if (known.has(field.getKey())) {
                check(known.path(field.getKey()), field.getValue(), below, problems);
              } else if (others.isObject()) {
                check(others, field.getValue(), below, problems);
              } else {
                problems.add(below + ": unknown field");
              }
            });
  }

  /** Reads the definitions that an operator installs and writes their trimmed schemas. */
  private static void update(Path definitions) {
    for (Path file : files(definitions)) {
      JsonNode definition = Chart.YAML.readTree(Chart.read(file));
      String kind = definition.at("/spec/names/kind").asString("");
      if (!definition.path("kind").asString("").equals("CustomResourceDefinition")
          || !KINDS.contains(kind)) {
        continue;
      }
      for (JsonNode version : definition.at("/spec/versions")) {
        if (version.path("storage").asBoolean(false)) {
          String key =
              definition.at("/spec/group").asString("")
                  + "/"
                  + version.path("name").asString("")
                  + " "
                  + kind;
          ObjectNode stored = JsonNodeFactory.instance.objectNode();
          stored.put("key", key);
          stored
              .putObject("schema")
              .set("spec", trim(version.at("/schema/openAPIV3Schema/properties/spec")));
          write(FOLDER.resolve(kind + ".json"), stored);
        }
      }
    }
  }

  private static void write(Path file, JsonNode content) {
    try {
      Files.createDirectories(FOLDER);
      Files.writeString(file, content + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode trim(JsonNode schema) {
    if (schema.isArray()) {
      var copy = JsonNodeFactory.instance.arrayNode();
      schema.forEach(element -> copy.add(trim(element)));
      return copy;
    }
    if (!schema.isObject()) {
      return schema;
    }
    if (isPodTemplate(schema)) {
      return JsonNodeFactory.instance.objectNode().put(POD_TEMPLATE, true);
    }
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    schema
        .properties()
        .forEach(
            entry -> {
              boolean aDescription =
                  entry.getKey().equals("description") && entry.getValue().isString();
              if (!aDescription) {
                copy.set(entry.getKey(), trim(entry.getValue()));
              }
            });
    return copy;
  }

  private static boolean isPodTemplate(JsonNode schema) {
    return schema.at("/properties/spec/properties/containers/items").isObject();
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".json") || file.toString().endsWith(".yaml"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
