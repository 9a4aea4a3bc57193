package ai.matih.ml.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.bundle.GoldenRows.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The reader in Java against the vectors; Python is held to the same ones. */
class VectorTests {

  private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

  static Stream<Named<JsonNode>> digests() {
    return Vectors.cases(Vectors.read("digests.json"));
  }

  @ParameterizedTest
  @MethodSource("digests")
  void files_make_this_digest(JsonNode given) {
    Map<String, String> files = new TreeMap<>();
    given.path("files").forEachEntry((path, sha) -> files.put(path, sha.asString()));
    assertThat(Digest.ofFiles(files).value()).isEqualTo(given.path("digest").asString());
  }

  @Test
  void file_names_are_taken_or_refused() {
    JsonNode paths = Vectors.read("paths.json");
    for (JsonNode path : paths.path("good")) {
      assertThatCode(() -> BundlePath.check(path.asString())).doesNotThrowAnyException();
    }
    for (JsonNode path : paths.path("bad")) {
      assertThatThrownBy(() -> BundlePath.check(path.asString()))
          .as(path.asString())
          .isInstanceOf(BundleRefused.class);
    }
  }

  @Test
  void names_of_columns_are_taken_or_refused() {
    JsonNode names = Vectors.read("column_names.json");
    for (JsonNode name : names.path("good")) {
      assertThat(ColumnName.isValid(name.asString())).as(name.asString()).isTrue();
    }
    for (JsonNode name : names.path("bad")) {
      assertThat(ColumnName.isValid(name.asString())).as(name.asString()).isFalse();
    }
    for (JsonNode letter : names.path("longest")) {
      assertThat(ColumnName.isValid(letter.asString().repeat(255))).isTrue();
      assertThat(ColumnName.isValid(letter.asString().repeat(256))).isFalse();
    }
  }

  static Stream<Named<JsonNode>> goodSignatures() {
    return Vectors.cases(Vectors.read("signatures.json").path("good"));
  }

  @ParameterizedTest
  @MethodSource("goodSignatures")
  void a_good_signature_is_read_with_its_layout(JsonNode given) {
    BundleReader reader = Vectors.bundle(given.path("signature"), given.path("layout"), NOTHING);
    Signature signature = reader.signature();
    assertThat(signature.format())
        .isEqualTo(given.path("signature").path("bundle_format").asInt(1));
    assertThat(signature.columns()).hasSize(given.path("signature").path("inputs").size());
    assertThat(signature.classes()).hasSize(given.path("signature").path("classes").size());
    assertThat(reader.onnxLayout(signature).tensors()).hasSize(2);
  }

  static Stream<Named<JsonNode>> badSignatures() {
    return Vectors.cases(Vectors.read("signatures.json").path("bad_signatures"));
  }

  @ParameterizedTest
  @MethodSource("badSignatures")
  void a_bad_signature_is_refused(JsonNode given) {
    refused(
        Part.SIGNATURE,
        () -> Vectors.bundle(given.path("signature"), NOTHING, NOTHING).signature());
  }

  static Stream<Named<JsonNode>> badLayouts() {
    return Vectors.cases(Vectors.read("signatures.json").path("bad_layouts"));
  }

  @ParameterizedTest
  @MethodSource("badLayouts")
  void a_bad_layout_is_refused(JsonNode given) {
    BundleReader reader = Vectors.bundle(given.path("signature"), given.path("layout"), NOTHING);
    Signature signature = reader.signature();
    refused(Part.LAYOUT, () -> reader.onnxLayout(signature));
  }

  static Stream<Named<JsonNode>> comparisons() {
    return Vectors.cases(Vectors.read("comparisons.json"));
  }

  @ParameterizedTest
  @MethodSource("comparisons")
  void answers_are_judged_like_this(JsonNode given) {
    BundleReader reader = Vectors.bundle(given.path("signature"), NOTHING, given.path("golden"));
    List<Answer> answers = new ArrayList<>();
    for (JsonNode answer : given.path("answers")) {
      List<Double> probabilities = new ArrayList<>();
      answer.path("probabilities").forEach(one -> probabilities.add(number(one)));
      JsonNode prediction = answer.path("prediction");
      answers.add(
          new Answer(
              probabilities.isEmpty() ? number(prediction) : prediction.asString(), probabilities));
    }

    GoldenRows.Comparison result = reader.goldenRows(reader.signature()).compare(answers);

    assertThat(result.differing()).isEqualTo(given.path("differing").asInt());
    assertThat(result.first().isPresent()).isEqualTo(!result.equal());
    double expected = number(given.path("max_difference"));
    if (Double.isInfinite(expected)) {
      assertThat(result.maxDifference()).isInfinite();
    } else {
      assertThat(result.maxDifference()).isCloseTo(expected, within(expected * 1e-3 + 1e-15));
    }
  }

  private static double number(JsonNode node) {
    return node.isNumber() ? node.asDouble() : Double.parseDouble(node.asString());
  }

  static Stream<Named<JsonNode>> badGoldenRows() {
    return Vectors.cases(Vectors.read("bad_golden_rows.json"));
  }

  @ParameterizedTest
  @MethodSource("badGoldenRows")
  void bad_golden_rows_are_refused(JsonNode given) {
    BundleReader reader = Vectors.bundle(given.path("signature"), NOTHING, given.path("golden"));
    Signature signature = reader.signature();
    refused(Part.GOLDEN_ROWS, () -> reader.goldenRows(signature));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "format-1-classification",
        "format-1-regression",
        "format-2-classification",
        "format-2-regression",
        "format-2-names"
      })
  void a_whole_bundle_is_read(String name) throws IOException {
    BundleReader reader = Vectors.bundle(name);
    Signature signature = reader.signature();
    assertThat(signature.format()).isEqualTo(name.startsWith("format-1") ? 1 : 2);
    assertThat(reader.onnxLayout(signature).tensors()).hasSize(2);
    GoldenRows golden = reader.goldenRows(signature);
    assertThat(golden.rows()).hasSizeGreaterThanOrEqualTo(50);
    assertThat(golden.scale()).isPositive();
    assertThat(reader.referenceProfile().columns().keySet())
        .containsExactlyInAnyOrderElementsOf(
            signature.columns().stream().map(Column::name).toList());
    assertThat(OnnxInspection.inspect(Vectors.bytes("bundles/" + name + "/model.onnx")).nodes())
        .isPositive();
    Map<String, String> files = new TreeMap<>();
    Path folder = Path.of("src/test/resources/vectors/bundles", name);
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Digest.of(Files.readAllBytes(file)).hex());
      }
    }
    assertThat(BundleFiles.of(files).digest().value())
        .isEqualTo(Vectors.read("bundles.json").path(name).asString());
  }

  private static void refused(Part part, Runnable read) {
    assertThatThrownBy(read::run)
        .isInstanceOfSatisfying(
            BundleRefused.class,
            refused -> {
              assertThat(refused.part()).isEqualTo(part);
              assertThat(refused.reason()).endsWith(".");
            });
  }
}
