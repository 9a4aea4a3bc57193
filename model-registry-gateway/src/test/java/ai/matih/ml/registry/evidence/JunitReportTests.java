package ai.matih.ml.registry.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JunitReportTests {

  @Test
  void each_test_case_counts_once() {
    TestCounts counts =
        JunitReport.count(
            """
            <?xml version="1.0" encoding="ISO-8859-1"?>
            <testsuites tests="999" failures="0">
              <testsuite name="a" tests="1">
                <testcase name="1"/>
                <testcase name="2"><failure>no</failure><system-out>failure</system-out></testcase>
                <testcase name="3"><error/><failure/></testcase>
                <testcase name="4"><skipped/></testcase>
                <testcase name="5"><failure/><skipped/></testcase>
                <testsuite><testcase name="6"><properties><error/></properties></testcase></testsuite>
              </testsuite>
            </testsuites>
            """);
    assertThat(counts).isEqualTo(new TestCounts(2, 2, 1, 1));
    assertThat(counts.outcome()).isEqualTo(Outcome.FAILED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<testsuite tests='5'/>",
        "<testsuites/>",
        "<testsuite><testcase><skipped/></testcase></testsuite>"
      })
  void a_report_in_which_nothing_ran_is_no_pass(String xml) {
    assertThat(JunitReport.count(xml).outcome()).isEqualTo(Outcome.NOT_RUN);
  }

  @Test
  void a_report_in_which_something_ran_and_nothing_failed_is_a_pass() {
    assertThat(
            JunitReport.count("<testsuite><testcase/><testcase><skipped/></testcase></testsuite>")
                .outcome())
        .isEqualTo(Outcome.PASSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // An external entity.
        "<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><testsuite><testcase"
            + " name=\"a\">&x;</testcase></testsuite>",
        // The same as an external document type.
        "<!DOCTYPE testsuite SYSTEM"
            + " \"http://127.0.0.1:9/evil.dtd\"><testsuite><testcase/></testsuite>",
        // A parameter entity.
        "<!DOCTYPE t [<!ENTITY % p SYSTEM \"http://127.0.0.1:9/p\"> %p;]><testsuite/>",
        // A billion laughs.
        "<!DOCTYPE t [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c"
            + " \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><testsuite><testcase>&c;</testcase></testsuite>",
        // An entity that nobody declared.
        "<testsuite><testcase>&nobody;</testcase></testsuite>",
        // Not a report.
        "<html/>",
        "<testcase/>",
        "{\"tests\":[]}",
        "",
        "<testsuite><testcase></testsuite>"
      })
  void what_is_hostile_or_no_report_is_refused(String xml) {
    assertThatThrownBy(() -> JunitReport.count(xml)).isInstanceOf(ReportRefused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Two attributes of one name.
        "<testsuite><testcase name='a' name='b'/></testsuite>",
        // Characters that XML does not have.
        "<testsuite><testcase name='\u0000'/></testsuite>",
        "<testsuite><testcase>\u0008</testcase></testsuite>",
        "<testsuite><testcase name='\ud800'/></testsuite>",
        // What a gzip'd body looks like as a text.
        "\u001f\u008b\b\u0000\u0000",
        // Two roots, and a root of another namespace's report inside of a page.
        "<testsuite/><testsuite/>",
        "<html xmlns='x'><testsuite/></html>",
        // A name that ends nowhere.
        "<testsuite><testcase name=\"",
        "<testsuite><![CDATA[",
        "<testsuite><testcase/></testsuites>",
        "<?xml version='9.9'?><testsuite/>"
      })
  void what_is_broken_is_refused(String xml) {
    assertThatThrownBy(() -> JunitReport.count(xml)).isInstanceOf(ReportRefused.class);
  }

  @Test
  void large_names_are_only_skipped_over() {
    String name = "n".repeat(1 << 20);
    assertThat(JunitReport.count("<testsuite><testcase name='%s'/></testsuite>".formatted(name)))
        .isEqualTo(new TestCounts(1, 0, 0, 0));
    StringBuilder wide = new StringBuilder("<testsuite><testcase ");
    for (int i = 0; i < 20_000; i++) {
      wide.append("a").append(i).append("='' ");
    }
    assertThatThrownBy(() -> JunitReport.count(wide + "/></testsuite>"))
        .isInstanceOf(ReportRefused.class);
  }

  @Test
  void twenty_thousand_broken_reports_do_no_more_than_be_refused() {
    String good =
        "<?xml version=\"1.0\"?><testsuites><testsuite name=\"a\"><testcase"
            + " name=\"x\"><failure>é</failure></testcase><testcase/></testsuite></testsuites>";
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      char[] broken = good.toCharArray();
      for (int n = 1 + random.nextInt(5); n > 0; n--) {
        broken[random.nextInt(broken.length)] =
            random.nextInt(4) == 0
                ? (char) random.nextInt(0x10000)
                : good.charAt(random.nextInt(good.length()));
      }
      try {
        TestCounts counts = JunitReport.count(new String(broken));
        assertThat(counts.total()).isLessThanOrEqualTo(2);
      } catch (ReportRefused _) {
        refused++;
      }
    }
    assertThat(refused).isBetween(10_000, 20_000);
  }

  @Test
  void depth_and_length_have_limits() {
    assertThatThrownBy(() -> JunitReport.count("<testsuite>".repeat(200)))
        .isInstanceOf(ReportRefused.class)
        .hasMessageContaining("deeper");
    assertThatThrownBy(() -> JunitReport.count("<testsuite>" + " ".repeat(JunitReport.MAX_LENGTH)))
        .isInstanceOf(ReportRefused.class)
        .hasMessageContaining("up to");
  }
}
