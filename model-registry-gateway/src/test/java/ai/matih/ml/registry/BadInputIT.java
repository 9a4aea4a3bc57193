package ai.matih.ml.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.Walk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bad input for every field that the checked-in OpenAPI knows: each field of each body, each path
 * and query parameter. Nothing of it is a 5xx, everything refused is a problem with a code that
 * names the field, and leaves nothing behind.
 */
class BadInputIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PREFIX = "/api/v1/ml";
  private static final List<String> HOSTILE =
      List.of(
          "..%2F..%2Fetc%2Fpasswd",
          "%2e%2e",
          "%252e%252e%252f",
          "a%2Fb",
          "a%5Cb",
          "%00",
          "a%00b",
          "%FF%FE",
          "%C0%AE",
          "%ED%A0%80",
          "%0D%0ASet-Cookie%3Aa",
          "%27%20or%20%271%27%3D%271",
          "%22%3B%20drop%20table%20model%3B--",
          "%7B%22a%22%3A1%7D",
          "%F0%9F%92%A5",
          "%E2%80%AE",
          "%7F",
          "-1",
          "0",
          "99999999999999999999",
          "1e9",
          "NaN",
          "null",
          "%20",
          "x".repeat(5000));

  /** Calls that services alone may make. */
  private static final String INTERNAL = "internal:call";

  /** A value that the field cannot take, as JSON, and whether it must be refused for sure. */
  private record Bad(String json, boolean certain) {}

  /** The schema of a field that there is not. */
  private static final JsonNode NOTHING =
      JSON.createObjectNode().set("not", JSON.createObjectNode());

  /** A place in a body. */
  private record Field(String name, List<Object> path, JsonNode schema) {}

  private static RegistryUnderTest registry;
  private static JsonNode api;
  private static Walk walk;
  private static String model;
  private static int version;

  @BeforeAll
  static void start() throws IOException {
    registry = RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"));
    api = JSON.readTree(Files.readString(Path.of("src/main/openapi/model-registry-gateway.json")));
    walk = new Walk(registry);
    model = walk.model("Bad input");
    version = walk.checkedVersion(model, 0.9);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  /** An operation whose path parameters can be filled in. */
  private record Operation(String method, String path, JsonNode description) {
    String name() {
      return method + " " + path;
    }
  }

  private static List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    api.path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method ->
                            operations.add(
                                new Operation(
                                    method.getKey().toUpperCase(java.util.Locale.ROOT),
                                    path.getKey(),
                                    method.getValue()))));
    assertThat(operations).hasSizeGreaterThan(15);
    return operations;
  }

  private static String fill(String path, String parameter, String value) {
    String filled = path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : path;
    filled = filled.replace("{" + parameter + "}", value);
    return filled
        .replace("{id}", model)
        .replace("{version}", Integer.toString(version))
        .replaceAll("\\{[a-z_A-Z]+\\}", UUID.randomUUID().toString());
  }

  private static Answer send(Operation operation, String path, String body) {
    boolean internal = operation.description().path("x-permission").asString("").equals(INTERNAL);
    String token = internal ? TestTokens.service(walk.tenant, "serving-router") : walk.carol;
    return registry.send(operation.method(), token, path, body);
  }

  /**
   * What is stored for all tenants, as one number per table; refusals are audited and do not count.
   */
  private static Map<String, Object> stored() {
    return TenantScope.call(
        new Tenant(walk.tenant),
        () ->
            registry
                .bean(Transactions.class)
                .call(
                    () ->
                        registry
                            .bean(JdbcClient.class)
                            .sql(
                                """
                                select (select count(*) from model) models, (select count(*) from policy) policies,
                                  (select count(*) from model_version) versions, (select count(*) from evidence) evidence,
                                  (select count(*) from transition) transitions, (select count(*) from deletion) deletions,
                                  (select count(*) from retention) retentions,
                                  (select max(updated_at) from model) changed
                                """)
                            .query()
                            .singleRow()));
  }

  private static void requireDecent(Operation operation, String input, Answer answer) {
    String what =
        operation.name()
            + " with "
            + brief(input)
            + " answered "
            + answer.status()
            + " "
            + brief(answer.http().body());
    assertThat(answer.status()).as(what).isLessThan(500);
    if (answer.status() >= 400) {
      assertThat(answer.http().headers().firstValue("Content-Type").orElse(""))
          .as(what)
          .startsWith("application/problem+json");
      assertThat(answer.text("/code")).as(what).matches("(Common|Registry):[A-Za-z]+");
    }
  }

  private static String brief(String text) {
    return text.length() > 300 ? text.substring(0, 300) + "…(" + text.length() + ")" : text;
  }

  @Test
  void every_path_parameter_is_refused_as_a_problem() {
    int sent = 0;
    for (Operation operation : operations()) {
      for (JsonNode parameter : operation.description().path("parameters")) {
        if (!parameter.path("in").asString().equals("path")) {
          continue;
        }
        String name = parameter.path("name").asString();
        for (String value : HOSTILE) {
          String path = fill(operation.path(), name, value);
          Answer answer = send(operation, path, body(operation));
          requireDecent(operation, path, answer);
          assertThat(answer.status())
              .as(operation.name() + " " + brief(path))
              .isGreaterThanOrEqualTo(400);
          sent++;
        }
      }
    }
    assertThat(sent).isGreaterThan(300);
  }

  @Test
  void every_query_parameter_takes_anything_without_harm() {
    for (Operation operation : operations()) {
      if (!operation.method().equals("GET")) {
        continue;
      }
      for (JsonNode parameter : operation.description().path("parameters")) {
        if (!parameter.path("in").asString().equals("query")) {
          continue;
        }
        String name = parameter.path("name").asString();
        for (String value : HOSTILE) {
          String path = fill(operation.path(), "", "") + "?" + name + "=" + value;
          requireDecent(operation, path, send(operation, path, ""));
        }
      }
    }
    for (String value : HOSTILE) {
      registry.get(walk.carol, "/models?tag.team=" + value);
      requireDecent(
          new Operation("GET", "/models", JSON.createObjectNode()),
          value,
          registry.get(walk.carol, "/models?tag." + value + "=x"));
    }
  }

  @Test
  void every_body_field_is_checked_and_named() {
    int sent = 0;
    List<String> wrong = new ArrayList<>();
    for (Operation operation : operations()) {
      JsonNode schema = bodySchema(operation);
      if (schema.isMissingNode()) {
        continue;
      }
      for (Field field : fields(schema, List.of(), 0)) {
        for (Bad bad : bad(field.schema())) {
          String body = with(field.path(), bad.json());
          String path = fill(operation.path(), "", "");
          Answer answer = send(operation, path, body);
          requireDecent(operation, body, answer);
          if (bad.certain() && (answer.status() != 400 || !names(answer, field))) {
            wrong.add(
                "%s %s = %s: %d %s"
                    .formatted(
                        operation.name(),
                        field.path(),
                        brief(bad.json()),
                        answer.status(),
                        brief(answer.http().body())));
          }
          sent++;
        }
      }
      for (String body :
          List.of("", "null", "[]", "7", "\"x\"", "{", "{\"a\":", "\u0000", "[".repeat(2000))) {
        Answer answer = send(operation, fill(operation.path(), "", ""), body);
        requireDecent(operation, body, answer);
      }
    }
    assertThat(String.join("\n", wrong)).isEmpty();
    assertThat(sent).isGreaterThan(300);
  }

  @Test
  void what_is_refused_leaves_nothing_behind() {
    Map<String, Object> before = stored();
    for (Operation operation : operations()) {
      JsonNode schema = bodySchema(operation);
      if (schema.isMissingNode()) {
        continue;
      }
      for (Field field : fields(schema, List.of(), 0)) {
        for (Bad bad : bad(field.schema())) {
          if (bad.certain()) {
            send(operation, fill(operation.path(), "", ""), with(field.path(), bad.json()));
          }
        }
      }
    }
    assertThat(stored()).isEqualTo(before);
  }

  @Test
  void metacharacters_in_texts_are_stored_as_they_are() {
    String evil = "'; drop table model; -- \" \\\\ {\"$ne\":1} %_ <script> \uD83D\uDCA5 \u202E";
    String body =
        JSON.writeValueAsString(
            Map.of(
                "name",
                "Metacharacters",
                "task",
                "classification",
                "description",
                evil,
                "tags",
                Map.of(evil, evil)));
    String id = registry.post(walk.alice, "/models", body).expect(201).text("/id");
    JsonNode found = registry.get(walk.alice, "/models/" + id).expect(200).json();
    assertThat(found.path("description").asString()).isEqualTo(evil);
    assertThat(found.path("tags").path(evil).asString()).isEqualTo(evil);
    assertThat(
            registry
                .get(
                    walk.alice,
                    "/models?tag."
                        + java.net.URLEncoder.encode(evil, java.nio.charset.StandardCharsets.UTF_8)
                            .replace("+", "%20")
                        + "="
                        + java.net.URLEncoder.encode(evil, java.nio.charset.StandardCharsets.UTF_8)
                            .replace("+", "%20"))
                .expect(200)
                .json()
                .path("items"))
        .hasSize(1);
    assertThat(
            registry.get(walk.alice, "/models?name_contains=%25").expect(200).json().path("items"))
        .isEmpty();
  }

  /** The field itself, or the object around it that lacks what it needs. */
  private static boolean names(Answer answer, Field field) {
    String body = answer.http().body();
    return field.path().size() == 1
        ? body.contains(field.name())
        : field.path().stream()
            .anyMatch(step -> step instanceof String name && body.contains(name));
  }

  private static String body(Operation operation) {
    JsonNode schema = bodySchema(operation);
    return schema.isMissingNode() ? "" : JSON.writeValueAsString(example("", schema, 0));
  }

  private static JsonNode bodySchema(Operation operation) {
    JsonNode content = operation.description().path("requestBody").path("content");
    return resolve(content.path("application/json").path("schema"));
  }

  private static JsonNode resolve(JsonNode schema) {
    if (schema.has("$ref")) {
      return resolve(api.at(schema.path("$ref").asString().substring(1)));
    }
    if (schema.has("allOf") && schema.path("allOf").size() == 1) {
      return resolve(schema.path("allOf").get(0));
    }
    return schema;
  }

  private static String type(JsonNode schema) {
    JsonNode type = schema.path("type");
    return type.isArray() ? type.get(0).asString() : type.asString("");
  }

  /** Something that may be there; whether it is accepted is not asked. */
  private static Object example(String name, JsonNode given, int depth) {
    JsonNode schema = resolve(given);
    if (schema.path("enum").size() > 0) {
      return schema.path("enum").get(0).asString();
    }
    return switch (type(schema)) {
      case "integer" -> 1;
      case "number" -> 0.5;
      case "boolean" -> false;
      case "array" ->
          depth > 4 ? List.of() : List.of(example(name, schema.path("items"), depth + 1));
      case "string" ->
          switch (name) {
            case "quiet_period", "keep_archived", "keep_development" -> "PT1H";
            case "semantic_version" -> "1.0.0";
            default -> "abc";
          };
      default -> {
        Map<String, Object> object = new LinkedHashMap<>();
        if (depth < 5) {
          schema
              .path("properties")
              .properties()
              .forEach(p -> object.put(p.getKey(), example(p.getKey(), p.getValue(), depth + 1)));
        }
        yield object;
      }
    };
  }

  private static List<Field> fields(JsonNode schema, List<Object> path, int depth) {
    List<Field> fields = new ArrayList<>();
    if (depth > 3) {
      return fields;
    }
    resolve(schema)
        .path("properties")
        .properties()
        .forEach(
            property -> {
              List<Object> here = new ArrayList<>(path);
              here.add(property.getKey());
              JsonNode type = resolve(property.getValue());
              fields.add(new Field(property.getKey(), here, type));
              if (type(type).equals("array")) {
                List<Object> item = new ArrayList<>(here);
                item.add(0);
                if (!resolve(type.path("items")).path("properties").isEmpty()) {
                  fields.addAll(fields(type.path("items"), item, depth + 1));
                }
              } else if (!type.path("properties").isEmpty() && !isAnyJson(type)) {
                fields.addAll(fields(type, here, depth + 1));
              }
            });
    List<Object> unknown = new ArrayList<>(path);
    unknown.add("no_such_field");
    fields.add(new Field("no_such_field", unknown, NOTHING));
    return fields;
  }

  /** A field that takes any JSON is described by an empty schema. */
  private static boolean isAnyJson(JsonNode schema) {
    return schema.isEmpty();
  }

  /** A duration is described by the form of its text. */
  private static boolean isDuration(JsonNode schema) {
    return schema.path("pattern").asString("").startsWith("^P(");
  }

  private static List<Bad> bad(JsonNode schema) {
    List<Bad> bad = new ArrayList<>();
    if (schema.equals(NOTHING)) {
      return List.of(new Bad("1", true));
    }
    bad.add(new Bad("null", false));
    if (isAnyJson(schema)) {
      bad.add(new Bad("[[1]]", false));
      bad.add(new Bad("7", false));
      return bad;
    }
    String type = type(schema);
    if (!type.equals("object") && !type.isEmpty()) {
      bad.add(new Bad("{\"a\":1}", true));
    }
    if (!type.equals("array")) {
      bad.add(new Bad("[[1]]", !type.isEmpty()));
    }
    switch (type) {
      case "string" -> {
        // A number passes as the seconds of a duration.
        bad.add(new Bad("7", !isDuration(schema)));
        bad.add(new Bad("true", true));
        for (String text :
            List.of(
                "\"\"",
                "\"\\u0000\"",
                "\"a\\u0000b\"",
                "\"\\ud800\"",
                "\"\\u202e\\ufeff\\ufdfd\"",
                "\"\\u001b[2J\"",
                "\"' or 1=1 --\"",
                "\"../../etc/passwd\"",
                "\"" + "x".repeat(200_000) + "\"")) {
          bad.add(new Bad(text, schema.has("enum")));
        }
      }
      case "integer" -> {
        bad.add(new Bad("\"x\"", true));
        bad.add(new Bad("1.5", true));
        bad.add(new Bad("99999999999999999999", true));
        bad.add(new Bad("-1", false));
      }
      case "number" -> {
        bad.add(new Bad("\"x\"", true));
        bad.add(new Bad("1e999", false));
      }
      case "boolean" -> {
        bad.add(new Bad("\"yes\"", true));
        bad.add(new Bad("3", true));
      }
      case "array" -> {
        bad.add(new Bad("\"x\"", true));
        bad.add(new Bad("7", true));
        bad.add(new Bad("[" + "null,".repeat(2000) + "null]", false));
      }
      default -> {
        bad.add(new Bad("\"x\"", !type.isEmpty()));
        bad.add(new Bad("7", !type.isEmpty()));
      }
    }
    return bad;
  }

  /**
   * A body of this one field, so that nothing else is refused first; {@code json} goes in as it is.
   */
  private static String with(List<Object> path, String json) {
    String body = json;
    for (Object step : path.reversed()) {
      body = step instanceof String name ? "{\"" + name + "\":" + body + "}" : "[" + body + "]";
    }
    return body;
  }
}
