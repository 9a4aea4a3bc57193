package ai.matih.ml.serving.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.GoldenBatch;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.files.LocalBundles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bundles of the format's vectors, as the training code writes them. */
class VectorBundlesTests {

  private static final Path FOLDER = Path.of("../model-bundle/src/test/resources/vectors/bundles");

  private final OnnxEngine engine = new OnnxEngine(new ScoringLimit(4, 0, Duration.ZERO));

  /** The last one has columns and categories that are no identifier of any runtime. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "format-1-classification",
        "format-1-regression",
        "format-2-classification",
        "format-2-regression",
        "format-2-names"
      })
  void answer_their_golden_rows(String name) throws IOException {
    Path folder = FOLDER.resolve(name);
    Bundle bundle =
        LocalBundles.readVerified(
            folder, Digest.of(Files.readAllBytes(folder.resolve("model.onnx"))));
    GoldenRows golden = bundle.golden();

    try (ScoringModel model = engine.load(bundle)) {
      assertThat(GoldenBatch.play(golden, model).differing()).isZero();
    }
    assertThat(golden.rows()).hasSizeGreaterThanOrEqualTo(50);
    if (name.endsWith("names")) {
      assertThat(golden.rows()).anyMatch(row -> row.inputs().containsValue("\uD83D\uDE80"));
    }
  }
}
