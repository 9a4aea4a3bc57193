package ai.matih.ml.registry.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.matih.ml.bundle.Mutations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
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
      byte[] mutated = Mutations.of(good, new Random(seed));
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

  private static void soon(String what, Runnable work) {
    long began = System.nanoTime();
    work.run();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).as(what).isLessThan(PATIENCE);
  }
}
