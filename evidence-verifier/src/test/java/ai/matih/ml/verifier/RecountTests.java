package ai.matih.ml.verifier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecountTests {

  private static List<Integer> count(String report, String format) {
    return List.copyOf(Recount.of(report.getBytes(UTF_8), format).values());
  }

  /** Passed, failed, errors, skipped. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <testsuite/>                                                                     | 0 | 0 | 0 | 0
          <testsuite tests="9"><testcase/><testcase><failure/></testcase></testsuite>      | 1 | 1 | 0 | 0
          <testsuites><testsuite><testcase><skipped/><error/></testcase></testsuite></testsuites> | 0 | 0 | 1 | 0
          <testsuite><testcase><failure/><skipped/></testcase></testsuite>                 | 0 | 1 | 0 | 0
          <testsuite><testcase><skipped/></testcase></testsuite>                           | 0 | 0 | 0 | 1
          <testsuite><testcase><system-out><failure/></system-out></testcase></testsuite>  | 1 | 0 | 0 | 0
          """)
  void only_test_cases_count_in_a_junit_report(
      String report, int passed, int failed, int errors, int skipped) {
    assertThat(count(report, "junit")).containsExactly(passed, failed, errors, skipped);
  }

  @Test
  void a_list_of_tests_counts_by_outcome() {
    assertThat(
            count(
                "{\"tests\":[{\"outcome\":\"passed\"},{\"outcome\":\"ERROR\"},{\"outcome\":\"skipped\"}]}",
                "json"))
        .containsExactly(1, 0, 1, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no xml",
        "<testsuite><testcase>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><testsuite><testcase/>&e;</testsuite>"
      })
  void what_is_no_plain_report_is_not_counted(String report) {
    assertThatThrownBy(() -> count(report, "junit")).isInstanceOf(NotABundle.class);
  }
}
