package ai.matih.ml.registry.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReportTests {

  @Test
  void tests_are_counted_by_their_outcome() {
    assertThat(
            JsonReport.count(
                """
                {"tests":[{"name":"a","outcome":"passed"},{"name":"b","outcome":"failed","message":"x"},
                          {"name":"c","outcome":"error"},{"name":"d","outcome":"skipped"}],"total":99}
                """))
        .isEqualTo(new TestCounts(1, 1, 1, 1));
  }

  @Test
  void no_tests_are_no_pass() {
    assertThat(JsonReport.count("{\"tests\":[]}").outcome()).isEqualTo(Outcome.NOT_RUN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"tests\":[null]}",
        "{\"tests\":[{\"name\":\"a\"}]}",
        "{\"tests\":[{\"outcome\":\"passed\"}]}",
        "{\"tests\":[{\"name\":\"a\",\"outcome\":\"great\"}]}",
        "{\"tests\":\"all passed\"}",
        // The first of the outcomes by its number.
        "{\"tests\":[{\"name\":\"a\",\"outcome\":0}]}",
        "{\"tests\":[{\"name\":\"a\",\"outcome\":\"0\"}]}",
        "{\"tests\":[{\"name\":5,\"outcome\":\"passed\"}]}",
        "{\"tests\":[{\"name\":true,\"outcome\":\"passed\"}]}",
        "{\"tests\":[{\"name\":[\"a\"],\"outcome\":\"passed\"}]}",
        "{\"tests\":[{\"name\":\"a\",\"outcome\":\"failed\",\"outcome\":\"passed\"}]}",
        "{\"tests\":[{\"name\":\"a\",\"outcome\":\"failed\"}],\"tests\":[{\"name\":\"a\",\"outcome\":\"passed\"}]}",
        "{\"tests\":[{\"name\":\"a\",\"outcome\":\"passed\"}]} {}",
        "{\"tests\":[{\"name\":\"a\",\"outcome\":\"\"}]}",
        "{\"tests\":[{\"name\":\"a\",\"outcome\":1e999}]}",
        "\u001f\ufffd\b\u0000",
        "\ufeff"
      })
  void what_is_no_such_document_is_refused(String json) {
    assertThatThrownBy(() -> JsonReport.count(json)).isInstanceOf(ReportRefused.class);
  }

  @Test
  void depth_has_a_limit() {
    assertThatThrownBy(() -> JsonReport.count("{\"x\":" + "[".repeat(500) + "]".repeat(500) + "}"))
        .isInstanceOf(ReportRefused.class);
  }
}
