package ai.matih.ml.training.cluster.ray;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.training.cluster.JobLog;
import ai.matih.ml.training.cluster.LogEnd;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/** Reads the end of a log out of Ray's answer, which is the whole log as one JSON string. */
final class LogTail {

  private final LogEnd end;

  LogTail(int keep, String token, List<String> secrets) {
    this.end = new LogEnd(keep, Stream.concat(Stream.of(token), secrets.stream()).toList());
  }

  JobLog read(InputStream answer) throws IOException {
    JobLog raw = end.read(answer);
    return new JobLog(end.mask(decode(raw.text(), raw.truncated())), raw.truncated());
  }

  private static String decode(String raw, boolean truncated) {
    try {
      if (!truncated) {
        return EngineClients.LENIENT_JSON.readTree(raw).path("logs").asString("");
      }
      // From the first whole line on; the cut may have gone through an escape sequence.
      int firstBreak = raw.indexOf("\\n");
      int end = raw.lastIndexOf('"');
      if (firstBreak < 0 || end <= firstBreak + 2) {
        return "";
      }
      return EngineClients.LENIENT_JSON.readValue(
          '"' + raw.substring(firstBreak + 2, end) + '"', String.class);
    } catch (JacksonException e) {
      throw new EngineFailure.Misbehaved(RayTrainingCluster.ENGINE, 200, "a log that is not JSON");
    }
  }
}
