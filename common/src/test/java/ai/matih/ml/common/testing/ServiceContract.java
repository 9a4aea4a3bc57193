package ai.matih.ml.common.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a service promises by its checked-in OpenAPI file. Its clients in other services and the
 * stubs that they are tested with are both held to it, so that neither drifts from the service.
 *
 * <p>Stricter than the file: a field that it does not name is a fault, since a misspelt optional
 * one would pass. More lenient in one thing: a schema that says no more than {@code object} is how
 * springdoc writes a value of any kind. Answers from 400 on are problems, which the files leave
 * out; they are not looked at.
 */
public final class ServiceContract {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final Pattern VARIABLE = Pattern.compile("\\{[^/}]+}");

  private final String service;
  private final JsonNode document;

  private ServiceContract(String service, JsonNode document) {
    this.service = service;
    this.document = document;
  }

  /**
   * Reads a service's file; tests run in the folder of their module, which lies beside it.
   *
   * @param service for example {@code feature-gateway}
   */
  public static ServiceContract of(String service) {
    return read(service, Path.of("..", service, "src/main/openapi", service + ".json"));
  }

  static ServiceContract read(String service, Path file) {
    try {
      return new ServiceContract(service, strict(JSON.readTree(Files.readString(file))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails when the service has no such call, or takes other parameters or another body. */
  public void requireCall(String method, URI target, String body) {
    JsonNode operation = operation(method, target);
    Map<String, JsonNode> query = new HashMap<>();
    Set<String> required = new TreeSet<>();
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.path("in").asString().equals("query")) {
        query.put(parameter.path("name").asString(), parameter.path("schema"));
        if (parameter.path("required").asBoolean(false)) {
          required.add(parameter.path("name").asString());
        }
      }
    }
    for (Map.Entry<String, String> sent : query(target).toList()) {
      JsonNode schema = query.get(sent.getKey());
      if (schema == null) {
        throw new AssertionError(
            "%s %s of %s has no parameter %s".formatted(method, target, service, sent.getKey()));
      }
      requireValid(schema, value(schema, sent.getValue()), sent.getKey() + " of " + target);
      required.remove(sent.getKey());
    }
    assertThat(required).as("query missing in %s %s of %s", method, target, service).isEmpty();
    JsonNode declared = operation.path("requestBody");
    if (declared.isMissingNode()) {
      assertThat(body).as("body of %s %s of %s", method, target, service).isEmpty();
    } else {
      requireBody(declared, body, "body of %s %s of %s".formatted(method, target, service));
    }
  }

  /** Fails when the service does not answer so: another status, or another body. */
  public void requireAnswer(String method, URI target, int status, String body) {
    if (status >= 400) {
      return;
    }
    JsonNode responses = operation(method, target).path("responses");
    assertThat(responses.propertyNames())
        .as("statuses of %s %s of %s", method, target, service)
        .contains(Integer.toString(status));
    requireBody(
        responses.path(Integer.toString(status)),
        body,
        "answer to %s %s of %s".formatted(method, target, service));
  }

  private JsonNode operation(String method, URI target) {
    String path = target.getRawPath();
    return document.path("paths").properties().stream()
        .filter(entry -> template(entry.getKey()).matcher(path).matches())
        // A path without variables is meant before one with them.
        .min(Comparator.comparingLong(entry -> VARIABLE.matcher(entry.getKey()).results().count()))
        .map(entry -> entry.getValue().path(method.toLowerCase(Locale.ROOT)))
        .filter(JsonNode::isObject)
        .orElseThrow(() -> new AssertionError("%s has no %s %s".formatted(service, method, path)));
  }

  private static Pattern template(String path) {
    return Pattern.compile(
        Arrays.stream(VARIABLE.split(path, -1))
            .map(Pattern::quote)
            .reduce((left, right) -> left + "[^/]+" + right)
            .orElseThrow());
  }

  private static Stream<Map.Entry<String, String>> query(URI target) {
    String query = target.getRawQuery();
    return query == null
        ? Stream.empty()
        : Arrays.stream(query.split("&", -1))
            .map(pair -> pair.split("=", 2))
            .map(pair -> Map.entry(decoded(pair[0]), pair.length == 2 ? decoded(pair[1]) : ""));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** A parameter as the JSON value that its schema speaks of. */
  private static JsonNode value(JsonNode schema, String text) {
    return switch (schema.path("type").asString("string")) {
      case "integer", "number", "boolean" -> tree(text);
      case "array" -> JSON.createArrayNode().add(value(schema.path("items"), text));
      default -> JSON.getNodeFactory().stringNode(text);
    };
  }

  private void requireBody(JsonNode declared, String body, String what) {
    JsonNode content = declared.path("content");
    if (content.isEmpty()) {
      return;
    }
    Map.Entry<String, JsonNode> form = content.properties().iterator().next();
    if (form.getKey().equals("*/*") || form.getKey().equals("application/json")) {
      requireValid(form.getValue().path("schema"), tree(body), what);
    }
  }

  private static JsonNode tree(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  private void requireValid(JsonNode schema, JsonNode value, String what) {
    ObjectNode root = JSON.createObjectNode();
    root.set("components", document.path("components"));
    root.putArray("allOf").add(schema);
    Schema compiled = SCHEMAS.getSchema(root);
    List<String> faults = compiled.validate(value).stream().map(Object::toString).toList();
    assertThat(faults).as(what).isEmpty();
  }

  private static JsonNode strict(JsonNode node) {
    if (node instanceof ObjectNode object) {
      boolean named = object.path("type").asString("").equals("object");
      if (named && Set.of("type", "description").containsAll(object.propertyNames())) {
        return JSON.createObjectNode();
      }
      ObjectNode copy = JSON.createObjectNode();
      object.properties().forEach(entry -> copy.set(entry.getKey(), strict(entry.getValue())));
      if (object.path("properties").isObject() && !object.has("additionalProperties")) {
        copy.put("additionalProperties", false);
      }
      return copy;
    }
    return node.isArray()
        ? JSON.createArrayNode().addAll(node.valueStream().map(ServiceContract::strict).toList())
        : node;
  }
}
