package ai.matih.ml.helm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * One rendered object.
 *
 * @param source the template file that made it
 */
record Manifest(String source, JsonNode json) {

  String kind() {
    return json.path("kind").asString("");
  }

  String apiVersion() {
    return json.path("apiVersion").asString("");
  }

  String name() {
    return json.at("/metadata/name").asString("");
  }

  String namespace() {
    return json.at("/metadata/namespace").asString("");
  }

  Map<String, String> labels() {
    return texts(json.at("/metadata/labels"));
  }

  String component() {
    return labels().getOrDefault("app.kubernetes.io/component", "");
  }

  JsonNode at(String pointer) {
    return json.at(pointer);
  }

  /** Templates of the pods that this object makes; a bare pod is its own. */
  List<JsonNode> podTemplates() {
    return switch (kind()) {
      case "Pod" -> List.of(json);
      case "RayCluster" -> {
        List<JsonNode> templates = new ArrayList<>();
        templates.add(json.at("/spec/headGroupSpec/template"));
        json.at("/spec/workerGroupSpecs").forEach(group -> templates.add(group.path("template")));
        yield List.copyOf(templates);
      }
      case "Deployment", "StatefulSet", "DaemonSet", "Job" -> List.of(json.at("/spec/template"));
      default -> List.of();
    };
  }

  Stream<JsonNode> containers() {
    return podTemplates().stream()
        .flatMap(
            template ->
                Stream.concat(
                    elements(template.at("/spec/containers")),
                    elements(template.at("/spec/initContainers"))));
  }

  static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new TreeMap<>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString("")));
    return texts;
  }

  @Override
  public String toString() {
    return kind() + " " + name();
  }
}
