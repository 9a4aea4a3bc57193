package ai.matih.ml.training.cluster.ray;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.training.cluster.JobLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * Reads the end of a log out of Ray's answer, which is the whole log as one JSON string.
 *
 * <p>Only the last part is ever held in memory: a job may have printed gigabytes.
 */
final class LogTail {

  private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]{10,}\\.[\\w-]{10,}\\.[\\w-]*");
  private static final Pattern TERMINAL_CODES = Pattern.compile("\\u001b\\[[0-9;?]*[ -/]*[@-~]");

  private final int keep;
  private final List<String> secrets;

  LogTail(int keep, String token, List<String> secrets) {
    this.keep = keep;
    this.secrets =
        Stream.concat(Stream.of(token), secrets.stream()).filter(s -> s.length() > 5).toList();
  }

  JobLog read(InputStream answer) throws IOException {
    byte[] ring = new byte[keep];
    byte[] chunk = new byte[16 * 1024];
    long total = 0;
    int count = answer.read(chunk);
    while (count >= 0) {
      for (int i = 0; i < count; i++) {
        ring[(int) ((total + i) % keep)] = chunk[i];
      }
      total += count;
      count = answer.read(chunk);
    }
    boolean truncated = total > keep;
    int length = (int) Math.min(total, keep);
    byte[] tail = new byte[length];
    for (int i = 0; i < length; i++) {
      tail[i] = ring[(int) ((total - length + i) % keep)];
    }
    return new JobLog(mask(decode(new String(tail, StandardCharsets.UTF_8), truncated)), truncated);
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

  private String mask(String text) {
    String masked = TERMINAL_CODES.matcher(text).replaceAll("");
    for (String secret : secrets) {
      masked = masked.replace(secret, "***");
    }
    return TOKEN.matcher(masked).replaceAll("***");
  }
}
