package ai.matih.ml.bundle;

import static ai.matih.ml.bundle.OnnxBytes.graph;
import static ai.matih.ml.bundle.OnnxBytes.message;
import static ai.matih.ml.bundle.OnnxBytes.model;
import static ai.matih.ml.bundle.OnnxBytes.node;
import static ai.matih.ml.bundle.OnnxBytes.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an attacker would hand in: nothing but a refusal may come of it, soon, and never an
 * exception of another kind.
 */
class HostileOnnxTests {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Every change is made from a seed, so that a failure can be seen again. */
  private static final int MUTATIONS = 4_000;

  static Stream<Arguments> bombs() {
    OnnxBytes deep = graph(node("Identity", ""));
    for (int i = 0; i < 500; i++) {
      deep = graph(node("If", "").field(5, message().field(6, deep)));
    }
    OnnxBytes many = message();
    for (int i = 0; i < 50_001; i++) {
      many.field(1, message());
    }
    byte[] cut = OnnxBytes.good();
    return Stream.of(
        Arguments.of("graphs in graphs", model(deep).bytes()),
        Arguments.of("more operators than the limit", model(many).bytes()),
        Arguments.of(
            "a name of ten megabytes", model(graph(node("X", "a".repeat(10 << 20)))).bytes()),
        Arguments.of(
            "data outside", model(graph(node("X", "")).field(5, tensor().number(14, 1))).bytes()),
        Arguments.of("operators of its own", model(graph(node("X", "evil.domain"))).bytes()),
        Arguments.of("a function", message().field(25, message().text(1, "f")).bytes()),
        Arguments.of("training code", message().field(20, message()).bytes()),
        Arguments.of("nothing", new byte[0]),
        Arguments.of("cut in the middle", Arrays.copyOf(cut, cut.length / 2)),
        Arguments.of("a length beyond the end", bytes(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f)),
        Arguments.of(
            "a length that is negative as a long",
            bytes(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)),
        Arguments.of(
            "a number that never ends",
            bytes(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)),
        Arguments.of("field number zero", bytes(0x02, 0x00)),
        Arguments.of("a group, which nobody writes", bytes(0x3b, 0x3c)),
        Arguments.of("a wire type that does not exist", bytes(0x3f)),
        Arguments.of("a pickle", bytes(0x80, 0x04, 0x95, 0x0a, 0, 0, 0, 0x63, 'o', 's', '\n')),
        Arguments.of("a zip", bytes('P', 'K', 3, 4, 20, 0, 0, 0, 8, 0)));
  }

  private static byte[] bytes(int... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    IntStream.of(values).forEach(out::write);
    return out.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bombs")
  void an_onnx_bomb_is_refused(String name, byte[] file) {
    soon(name, () -> assertThat(refusal(file)).isNotEmpty());
  }

  @Test
  void a_huge_tensor_that_is_only_declared_costs_nothing() {
    OnnxBytes huge = message().number(1, Long.MAX_VALUE).number(1, Long.MAX_VALUE).number(2, 1);
    soon(
        "declared dimensions",
        () ->
            assertThat(refusal(model(graph(node("X", "")).field(5, huge)).bytes()))
                .contains("elements"));
  }

  @Test
  void no_mutation_of_a_model_is_more_than_refused_or_passed() {
    byte[] good =
        model(
                graph(
                        node("If", "").field(5, message().field(6, graph(node("Identity", "")))),
                        node("TreeEnsembleClassifier", "ai.onnx.ml"))
                    .field(5, tensor())
                    .field(15, message().field(1, tensor())))
            .bytes();
    for (int seed = 0; seed < MUTATIONS; seed++) {
      byte[] mutated = Mutations.of(good, new Random(seed));
      int now = seed;
      soon(
          "seed " + seed,
          () -> {
            try {
              assertThat(refusalOfStream(mutated).isEmpty()).isEqualTo(refusal(mutated).isEmpty());
            } catch (RuntimeException | StackOverflowError e) {
              throw new AssertionError("seed " + now + ": " + e, e);
            }
          });
    }
  }

  private static String refusal(byte[] file) {
    try {
      OnnxInspection.inspect(file);
      return "";
    } catch (BundleRefused refused) {
      return refused.reason();
    }
  }

  private static String refusalOfStream(byte[] file) {
    try {
      OnnxInspection.inspect(new ByteArrayInputStream(file), file.length);
      return "";
    } catch (BundleRefused refused) {
      return refused.reason();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void soon(String what, Runnable work) {
    long began = System.nanoTime();
    work.run();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).as(what).isLessThan(PATIENCE);
  }
}
