package ai.matih.ml.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The test vectors that every reader and writer of bundles is held to. */
final class Vectors {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Path FOLDER = Path.of("src/test/resources/vectors");

  private Vectors() {}

  static JsonNode read(String file) {
    return JSON.readTree(bytes(file));
  }

  static byte[] bytes(String file) {
    try {
      return Files.readAllBytes(FOLDER.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cases of a list, each under its name. */
  static Stream<Named<JsonNode>> cases(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(one -> Named.of(one.path("name").asString(), one));
  }

  /** The documents of a case as a bundle's files. */
  static BundleReader bundle(JsonNode signature, JsonNode layout, JsonNode golden) {
    return new BundleReader(
        (path, _) ->
            JSON.writeValueAsBytes(
                switch (path) {
                  case BundleReader.SIGNATURE -> signature;
                  case BundleReader.ONNX_LAYOUT -> layout;
                  case BundleReader.GOLDEN_ROWS -> golden;
                  default -> throw new IllegalArgumentException(path);
                }));
  }

  /** A bundle of the vectors as it lies on disk. */
  static BundleReader bundle(String name) {
    return new BundleReader((path, _) -> bytes("bundles/" + name + "/" + path));
  }
}
