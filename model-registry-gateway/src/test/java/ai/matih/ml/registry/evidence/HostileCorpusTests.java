package ai.matih.ml.registry.evidence;

import static ai.matih.ml.registry.fixture.OnnxBytes.graph;
import static ai.matih.ml.registry.fixture.OnnxBytes.message;
import static ai.matih.ml.registry.fixture.OnnxBytes.model;
import static ai.matih.ml.registry.fixture.OnnxBytes.node;
import static ai.matih.ml.registry.fixture.OnnxBytes.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.matih.ml.registry.fixture.OnnxBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an attacker would hand in: nothing but a refusal or a count may come of it, soon, and never
 * an exception of another kind.
 */
class HostileCorpusTests {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Every change is made from a seed, so that a failure can be seen again. */
  private static final int MUTATIONS = 4_000;

  private static final String JUNIT =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites><testsuite name="s" tests="3"><testcase name="a" time="0.1"/>
      <testcase name="b"><failure message="m">text &amp; more</failure></testcase>
      <testcase name="c"><skipped/><system-out><![CDATA[x]]></system-out></testcase></testsuite></testsuites>
      """;
  private static final String JSON =
      """
      {"tests":[{"name":"a","outcome":"passed"},{"name":"b","outcome":"failed","x":[1,2.5e3,null]}],"k":{"l":true}}
      """;

  static Stream<Arguments> bombs() {
    OnnxBytes deep = graph(node("Identity", ""));
    for (int i = 0; i < 500; i++) {
      deep = graph(node("If", "").field(5, message().field(6, deep)));
    }
    OnnxBytes many = message();
    for (int i = 0; i < 200_001; i++) {
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
    soon(
        name,
        () -> assertThat(OnnxInspection.inspect(ByteBuffer.wrap(file)).hasPassed()).isFalse());
  }

  @Test
  void a_huge_tensor_that_is_only_declared_costs_nothing() {
    OnnxBytes huge = message().number(1, Long.MAX_VALUE).number(1, Long.MAX_VALUE).number(2, 1);
    soon(
        "declared dimensions",
        () ->
            OnnxInspection.inspect(
                ByteBuffer.wrap(model(graph(node("X", "")).field(5, huge)).bytes())));
  }

  static Stream<Arguments> reports() {
    String laughs =
        "<!DOCTYPE lolz [<!ENTITY a \"lol\">"
            + IntStream.range(1, 10)
                .mapToObj(
                    i ->
                        "<!ENTITY %s \"%s\">"
                            .formatted(
                                (char) ('a' + i), ("&" + (char) ('a' + i - 1) + ";").repeat(10)))
                .reduce("", String::concat)
            + "]><testsuite><testcase name=\"&j;\"/></testsuite>";
    return Stream.of(
        Arguments.of(
            "a file of the server",
            "<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><testsuite>&x;</testsuite>"),
        Arguments.of(
            "an address inside",
            "<!DOCTYPE t SYSTEM \"http://169.254.169.254/latest\"><testsuite/>"),
        Arguments.of(
            "a parameter entity",
            "<!DOCTYPE t [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/\"> %x;]><testsuite/>"),
        Arguments.of("a billion laughs", laughs),
        Arguments.of(
            "quadratic growth",
            "<!DOCTYPE t [<!ENTITY a \"%s\">]><testsuite>%s</testsuite>"
                .formatted("x".repeat(50_000), "&a;".repeat(50_000))),
        Arguments.of("elements in elements", "<testsuite>".repeat(100_000)),
        Arguments.of(
            "more tests than the limit",
            "<testsuite>" + "<testcase/>".repeat(100_001) + "</testsuite>"),
        Arguments.of("another document", "<html><testcase/></html>"),
        Arguments.of("two roots", "<testsuite/><testsuite/>"),
        Arguments.of("no text at all", ""),
        Arguments.of("characters that XML has not", "<testsuite>\u0000\u0001</testsuite>"),
        Arguments.of("half a character", "<testsuite name=\"\ud800\">"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reports")
  void a_hostile_junit_report_is_refused(String name, String xml) {
    soon(
        name,
        () -> {
          try {
            fail("counted %s", JunitReport.count(xml));
          } catch (ReportRefused expected) {
            assertThat(expected.getMessage()).isNotEmpty();
          }
        });
  }

  @Test
  void a_junit_report_with_a_hundred_thousand_attributes_comes_to_an_end() {
    StringBuilder attributes = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      attributes.append(" a").append(i).append("=\"\"");
    }
    soon("attributes", () -> orRefused(JunitReport::count, "<testsuite" + attributes + "/>"));
  }

  static Stream<Arguments> documents() {
    return Stream.of(
        Arguments.of("lists in lists", "[".repeat(200_000)),
        Arguments.of("objects in objects", "{\"tests\":".repeat(100_000)),
        Arguments.of("a number of a million digits", "{\"tests\":" + "9".repeat(1_000_000) + "}"),
        Arguments.of("an exponent", "{\"tests\":[{\"name\":\"a\",\"outcome\":1e999999999}]}"),
        Arguments.of("no list", "{\"tests\":{}}"),
        Arguments.of("null", "null"),
        Arguments.of("nulls", "{\"tests\":[null]}"),
        Arguments.of("an unknown outcome", "{\"tests\":[{\"name\":\"a\",\"outcome\":\"great\"}]}"),
        Arguments.of("a half character", "{\"tests\":[{\"name\":\"\\ud800\",\"outcome\":\"x\"}]}"),
        Arguments.of(
            "more tests than the limit",
            "{\"tests\":["
                + "{\"name\":\"\",\"outcome\":\"error\"},".repeat(100_000)
                + "{\"name\":\"\",\"outcome\":\"error\"}]}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("documents")
  void a_hostile_json_report_is_refused(String name, String json) {
    soon(
        name,
        () -> {
          try {
            fail("counted %s", JsonReport.count(json));
          } catch (ReportRefused expected) {
            assertThat(expected.getMessage()).isNotEmpty();
          }
        });
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
    fuzz(good, bytes -> OnnxInspection.inspect(ByteBuffer.wrap(bytes)));
    fuzz(
        good,
        bytes -> {
          ProtobufReader reader = new ProtobufReader(ByteBuffer.wrap(bytes));
          try {
            while (reader.hasNext()) {
              reader.field();
              reader.skip();
            }
          } catch (OnnxRefused refused) {
            // That is what it is for.
          }
        });
  }

  @Test
  void no_mutation_of_a_report_is_more_than_refused_or_counted() {
    fuzz(
        JUNIT.strip().getBytes(StandardCharsets.UTF_8),
        bytes -> orRefused(JunitReport::count, new String(bytes, StandardCharsets.UTF_8)));
    fuzz(
        JSON.strip().getBytes(StandardCharsets.UTF_8),
        bytes -> orRefused(JsonReport::count, new String(bytes, StandardCharsets.UTF_8)));
  }

  private static void orRefused(
      java.util.function.Function<String, TestCounts> count, String text) {
    try {
      TestCounts counts = count.apply(text);
      assertThat(counts.passed() + counts.failed() + counts.errors() + counts.skipped())
          .isBetween(0, 100_000);
    } catch (ReportRefused refused) {
      // That is what it is for.
    }
  }

  private static void fuzz(byte[] good, Consumer<byte[]> parser) {
    for (int seed = 0; seed < MUTATIONS; seed++) {
      byte[] mutated = mutate(good, new Random(seed));
      int now = seed;
      soon(
          "seed " + seed,
          () -> {
            try {
              parser.accept(mutated);
            } catch (RuntimeException | StackOverflowError e) {
              throw new AssertionError("seed " + now + ": " + e, e);
            }
          });
    }
  }

  /** One to eight changes: bits, bytes, cuts, repeats, swaps, or noise altogether. */
  private static byte[] mutate(byte[] good, Random random) {
    byte[] bytes = good.clone();
    List<UnaryOperator<byte[]>> ways =
        List.of(
            b -> {
              b[random.nextInt(b.length)] ^= (byte) (1 << random.nextInt(8));
              return b;
            },
            b -> {
              b[random.nextInt(b.length)] = (byte) random.nextInt(256);
              return b;
            },
            b -> Arrays.copyOf(b, 1 + random.nextInt(b.length)),
            b -> {
              int from = random.nextInt(b.length);
              byte[] part =
                  Arrays.copyOfRange(b, from, Math.min(b.length, from + random.nextInt(64)));
              byte[] longer = Arrays.copyOf(b, b.length + part.length);
              System.arraycopy(part, 0, longer, b.length, part.length);
              return longer;
            },
            b -> {
              int one = random.nextInt(b.length);
              int other = random.nextInt(b.length);
              byte kept = b[one];
              b[one] = b[other];
              b[other] = kept;
              return b;
            },
            b -> {
              byte[] noise = new byte[1 + random.nextInt(256)];
              random.nextBytes(noise);
              return random.nextInt(10) == 0 ? noise : b;
            });
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      bytes = ways.get(random.nextInt(ways.size())).apply(bytes);
    }
    return bytes;
  }

  private static void soon(String what, Runnable work) {
    long began = System.nanoTime();
    work.run();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).as(what).isLessThan(PATIENCE);
  }
}
