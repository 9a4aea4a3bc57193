package ai.matih.ml.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

/** The verifier shares no code with the platform, and is held to the same vectors of digests. */
class ModelBundleVectorsTests {

  private static final Path VECTORS =
      Path.of("../model-bundle/src/test/resources/vectors/digests.json");

  @Test
  void the_digest_of_a_models_files_is_the_one_of_the_platform() throws IOException {
    var vectors = Contents.JSON.readTree(Files.readAllBytes(VECTORS));
    assertThat(vectors.size()).isPositive();
    for (var vector : vectors) {
      var files = new HashMap<String, String>();
      vector.path("files").forEachEntry((path, sha) -> files.put(path, sha.asString()));
      assertThat(Hash.ofFiles(files))
          .as(vector.path("name").asString())
          .isEqualTo(vector.path("digest").asString());
    }
  }
}
