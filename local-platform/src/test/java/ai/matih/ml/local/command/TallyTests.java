package ai.matih.ml.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TallyTests {

  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

  @TempDir Path root;

  @Test
  void counts_the_reports_of_maven_and_of_pytest() throws IOException {
    report(
        "a/target/surefire-reports/TEST-a.xml",
        "<testsuite tests='5' failures='1' errors='1' skipped='1'/>");
    report(
        "target/pytest-reports/TEST-b.xml",
        "<testsuites><testsuite tests='3' failures='0' errors='0' skipped='0'/></testsuites>");

    assertThat(Tally.reports(root, START).line()).isEqualTo("5 passed, 2 failed, 1 skipped");
  }

  /** A report larger than the memory of this program ended a run whose tests had all passed. */
  @Test
  void reads_the_counts_only_however_much_was_printed() throws IOException {
    var cutOff = "<testsuite tests='2' failures='1'><system-out><![CDATA[and so on for ever";
    report("a/target/failsafe-reports/TEST-a.xml", cutOff);

    assertThat(Tally.reports(root, START)).isEqualTo(new Tally(1, 1, 0));
  }

  @Test
  void ignores_reports_of_an_earlier_run() throws IOException {
    var old = report("a/target/surefire-reports/TEST-a.xml", "<testsuite tests='5'/>");
    Files.setLastModifiedTime(old, FileTime.from(START.minusSeconds(1)));

    assertThat(Tally.reports(root, START)).isEqualTo(Tally.none());
  }

  @Test
  void ignores_other_files() throws IOException {
    report("a/target/surefire-reports/summary.xml", "<testsuite tests='5'/>");
    report("a/target/elsewhere/TEST-a.xml", "<testsuite tests='5'/>");

    assertThat(Tally.reports(root, START)).isEqualTo(Tally.none());
  }

  private Path report(String path, String content) throws IOException {
    var file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(START.plusSeconds(10)));
    return file;
  }
}
