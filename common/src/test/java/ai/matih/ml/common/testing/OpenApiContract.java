package ai.matih.ml.common.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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

  private static String normalised(String served) {
    JsonNode document = JSON.readTree(served);
    // The address of the test's server.
    ((ObjectNode) document).remove("servers");
    return JSON.writeValueAsString(JSON.treeToValue(document, Object.class)) + "\n";
  }
}
