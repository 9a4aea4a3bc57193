package ai.matih.ml.common.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainQueryFilterTests {

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a=", "a=1&a=2", "&&a=1", "a=%C3%BC", "a==", "%61=1", "a=%2525"})
  void an_ordinary_query_is_let_through(String query) {
    assertThat(PlainQueryFilter.refusal(query)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "=x, has no name",
    "a=1&=, has no name",
    "a=%zz, UTF-8",
    "a=%4, UTF-8",
    "a=%ff, UTF-8",
    "a=%ed%a0%80, UTF-8",
    "a=%00, Invalid: a",
    "%00=1, Invalid: query",
  })
  void a_query_that_cannot_be_read_is_refused(String query, String reason) {
    assertThat(PlainQueryFilter.refusal(query))
        .hasValueSatisfying(
            problem -> {
              assertThat(problem.error().status().value()).isEqualTo(400);
              assertThat(problem.detail()).contains(reason);
            });
  }

  @Test
  void there_is_a_limit_of_parameters() {
    assertThat(PlainQueryFilter.refusal("a=1&".repeat(1000))).isEmpty();
    assertThat(PlainQueryFilter.refusal("a=1&".repeat(1001))).isPresent();
  }
}
