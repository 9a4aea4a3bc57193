package ai.matih.ml.training.cluster.ray;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.training.cluster.JobLog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The end of a log. */
class LogTailTests {

  private static JobLog read(String log, int keep) throws IOException {
    String answer = JsonMapper.shared().writeValueAsString(java.util.Map.of("logs", log));
    return new LogTail(keep, "ray-token-1", List.of("s3-secret"))
        .read(new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void is_the_whole_log_when_it_fits() throws IOException {
    assertThat(read("one\ntwo \"quoted\" é\n", 1000))
        .isEqualTo(new JobLog("one\ntwo \"quoted\" é\n", false));
  }

  @Test
  void begins_with_a_whole_line_when_it_does_not() throws IOException {
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      log.append("line ").append(i).append(" \"é\"\n");
    }

    JobLog tail = read(log.toString(), 100);

    assertThat(tail.truncated()).isTrue();
    assertThat(tail.text()).startsWith("line 99").endsWith("line 999 \"é\"\n");
    assertThat(tail.text().lines()).allMatch(line -> line.matches("line 99\\d \"é\""));
  }

  @Test
  void masks_what_nobody_may_see() throws IOException {
    String token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqb2I6MSJ9.c2lnbmF0dXJl";

    assertThat(
            read("a ray-token-1 b s3-secret c " + token + " \u001b[31mred\u001b[0m", 1000).text())
        .isEqualTo("a *** b *** c *** red");
  }
}
