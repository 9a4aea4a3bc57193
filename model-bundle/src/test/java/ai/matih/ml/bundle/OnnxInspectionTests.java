package ai.matih.ml.bundle;

import static ai.matih.ml.bundle.OnnxBytes.graph;
import static ai.matih.ml.bundle.OnnxBytes.message;
import static ai.matih.ml.bundle.OnnxBytes.model;
import static ai.matih.ml.bundle.OnnxBytes.node;
import static ai.matih.ml.bundle.OnnxBytes.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxInspectionTests {

  /** The reason of the refusal; empty for a file that is accepted. */
  private static String refusal(byte[] file) {
    try {
      OnnxInspection.inspect(file);
      return "";
    } catch (BundleRefused refused) {
      assertThat(refused.part()).isEqualTo(BundleRefused.Part.MODEL);
      return refused.reason();
    }
  }

  @Test
  void an_honest_model_passes() {
    OnnxInspection.Found found = OnnxInspection.inspect(OnnxBytes.good());
    assertThat(found.nodes()).isEqualTo(1);
    assertThat(found.tensors()).isEqualTo(1);
    assertThat(found.domains()).containsExactly("ai.onnx");
  }

  @Test
  void a_file_that_arrives_bit_by_bit_is_the_same_file() throws IOException {
    assertThat(OnnxInspection.inspect(new ByteArrayInputStream(OnnxBytes.good()), 1_000))
        .isEqualTo(OnnxInspection.inspect(OnnxBytes.good()));
  }

  @Test
  void a_file_over_the_limit_fails_while_it_arrives() {
    byte[] large =
        model(graph(node("X", "")).field(5, tensor().field(9, new byte[100_000]))).bytes();
    assertThatThrownBy(
            () -> OnnxInspection.inspect(new ByteArrayInputStream(large), large.length - 1))
        .isInstanceOf(BundleRefused.class)
        .hasMessageContaining("larger than " + (large.length - 1) + " bytes");
  }

  @Test
  void the_operators_of_trees_and_encoders_pass() {
    assertThat(refusal(model(graph(node("TreeEnsembleClassifier", "ai.onnx.ml"))).bytes()))
        .isEmpty();
  }

  static Stream<Arguments> hostile() {
    OnnxBytes outside = tensor().number(14, 1);
    OnnxBytes named = tensor().field(13, message().text(1, "location").text(2, "/etc/passwd"));
    OnnxBytes deep = graph(node("Identity", ""));
    for (int i = 0; i < 20; i++) {
      deep = graph(node("If", "").field(5, message().field(6, deep)));
    }
    return Stream.of(
        Arguments.of("data outside", model(graph(node("X", "")).field(5, outside)), "outside"),
        Arguments.of("a named location", model(graph(node("X", "")).field(5, named)), "outside"),
        Arguments.of(
            "data outside of an attribute",
            model(graph(node("Constant", "").field(5, message().field(5, outside)))),
            "outside"),
        Arguments.of(
            "data outside of a sparse tensor",
            model(graph(node("X", "")).field(15, message().field(1, outside))),
            "outside"),
        Arguments.of(
            "data outside of a subgraph",
            model(
                graph(
                    node("If", "")
                        .field(5, message().field(6, graph(node("X", "")).field(5, outside))))),
            "outside"),
        Arguments.of(
            "a tensor of any size in a few bytes",
            model(graph(node("X", "")).field(5, message().number(1, 1L << 40))),
            "elements"),
        Arguments.of(
            "a tensor whose dimensions multiply to any size",
            model(
                graph(node("X", ""))
                    .field(
                        5,
                        message()
                            .number(1, 1 << 20)
                            .number(1, 1 << 20)
                            .number(1, 1 << 20)
                            .number(1, 1 << 20))),
            "elements"),
        Arguments.of(
            "the same in packed form",
            model(
                graph(node("X", ""))
                    .field(5, message().field(1, new byte[] {-1, -1, -1, 127, -1, -1, -1, 127}))),
            "elements"),
        Arguments.of(
            "a tensor of less than nothing",
            model(graph(node("X", "")).field(5, message().number(1, -1))),
            "elements"),
        Arguments.of("a deep graph", model(deep), "deeper"),
        Arguments.of("a foreign operator", model(graph(node("Shell", "com.evil"))), "domain"),
        Arguments.of(
            "a foreign operator set",
            model(graph(node("X", ""))).field(8, message().text(1, "com.evil")),
            "domain"),
        Arguments.of(
            "own operators", model(graph(node("X", ""))).field(25, message()), "of its own"),
        Arguments.of("training code", model(graph(node("X", ""))).field(20, message()), "training"),
        Arguments.of("a loop", model(graph(node("Loop", ""))), "operator Loop"),
        Arguments.of(
            "a random number in a subgraph",
            model(
                graph(
                    node("If", "").field(5, message().field(6, graph(node("RandomUniform", "")))))),
            "operator RandomUniform"),
        Arguments.of("no operators", model(graph()), "no graph"),
        Arguments.of("no graph", message().number(1, 9), "no graph"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void a_hostile_model_fails(String name, OnnxBytes file, String reason) {
    assertThat(refusal(file.bytes())).as(name).contains(reason);
  }

  @Test
  void too_many_operators_fail() {
    OnnxBytes many = graph();
    byte[] node = node("X", "").bytes();
    for (int i = 0; i <= 50_000; i++) {
      many.field(1, node);
    }
    assertThat(refusal(model(many).bytes())).contains("more than 50000 operators");
  }

  static Stream<byte[]> noOnnx() {
    return Stream.of(
        new byte[0],
        // A pickle that would run a command when loaded.
        "cos\nsystem\n(S'true'\ntR.".getBytes(StandardCharsets.US_ASCII),
        new byte[] {(byte) 0x80, 4, (byte) 0x95, 0, 0, 0},
        // A zip, as Keras and PyTorch write.
        new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0},
        // A length that goes on for ever, and one that is negative.
        new byte[] {0x3a, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
        new byte[] {0x3a, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1});
  }

  @ParameterizedTest
  @MethodSource("noOnnx")
  void what_is_no_onnx_fails(byte[] file) {
    assertThat(refusal(file)).isNotEmpty();
  }

  @Test
  void a_file_cut_anywhere_or_with_flipped_bits_never_does_more_than_fail() {
    byte[] good = OnnxBytes.good();
    for (int length = 0; length < good.length; length++) {
      refusal(Arrays.copyOf(good, length));
    }
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] flipped = good.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      assertThat(refusal(flipped)).isNotNull();
    }
  }
}
