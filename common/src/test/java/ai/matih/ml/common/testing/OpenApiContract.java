package ai.matih.ml.common.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The checked-in OpenAPI file of a service against what the running service says of itself. */
public final class OpenApiContract {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private OpenApiContract() {}

  /**
   * Fails when the two differ; with {@code -Dopenapi.update=true} writes the file instead.
   *
   * @param served the body of {@code GET /v3/api-docs}
   * @param checkedIn for example {@code src/main/openapi/training-orchestrator.json}
   */
  public static void verify(String served, Path checkedIn) {
    String actual = normalised(served);
    requireForMachines(JSON.readTree(actual));
    try {
      if (Boolean.getBoolean("openapi.update")) {
        Files.createDirectories(checkedIn.getParent());
        Files.writeString(checkedIn, actual);
        return;
      }
      assertThat(checkedIn)
          .withFailMessage("%s is missing; run the test once with -Dopenapi.update=true", checkedIn)
          .exists();
      assertThat(actual)
          .withFailMessage(
              "The API differs from %s. Where the change is meant and compatible, run with -Dopenapi.update=true and commit the file.",
              checkedIn)
          .isEqualTo(Files.readString(checkedIn));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a generated client and a fuzzer need of every call. */
  private static void requireForMachines(JsonNode document) {
    assertThat(document.at("/servers/0/url").asString()).isEqualTo("/");
    document
        .at("/components/schemas")
        .forEachEntry(
            (name, schema) -> {
              if (schema.has("properties")) {
                assertThat(schema.path("type").asString("")).as(name).isEqualTo("object");
              }
            });
    Set<String> names = new HashSet<>();
    document
        .path("paths")
        .forEachEntry(
            (path, methods) ->
                methods.forEachEntry(
                    (method, call) -> {
                      String what = method + " " + path;
                      assertThat(names.add(call.path("operationId").asString("")))
                          .as(what)
                          .isTrue();
                      JsonNode answers = call.path("responses");
                      assertThat(answers.propertyNames())
                          .as(what)
                          .contains("400", "401", "403", "429", "503")
                          .anyMatch(status -> status.startsWith("2"));
                      answers.forEachEntry(
                          (status, answer) ->
                              assertThat(answer.path("content").propertyNames())
                                  .as(what + " " + status)
                                  .doesNotContain("*/*")
                                  .allMatch(
                                      type ->
                                          status.startsWith("2")
                                              != type.equals("application/problem+json")));
                      for (JsonNode parameter : call.path("parameters")) {
                        if (parameter.path("name").asString().equals("page_size")) {
                          assertThat(parameter.at("/schema/maximum").asInt(0))
                              .as(what)
                              .isPositive();
                        }
                      }
                    }));
  }

  private static String normalised(String served) {
    JsonNode document = JSON.readTree(served);
    return JSON.writeValueAsString(JSON.treeToValue(document, Object.class)) + "\n";
  }
}
