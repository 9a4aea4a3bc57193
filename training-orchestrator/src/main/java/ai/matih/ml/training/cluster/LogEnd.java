package ai.matih.ml.training.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The last part of something that may be gigabytes long; only that part is ever held in memory. And
 * the masks over what nobody may see in it.
 */
public final class LogEnd {

  private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]{10,}\\.[\\w-]{10,}\\.[\\w-]*");
  private static final Pattern TERMINAL_CODES = Pattern.compile("\\u001b\\[[0-9;?]*[ -/]*[@-~]");

  private final int keep;
  private final List<String> secrets;

  public LogEnd(int keep, List<String> secrets) {
    this.keep = keep;
    this.secrets = secrets.stream().filter(secret -> secret.length() > 5).toList();
  }

  /** Not masked yet; when truncated, it may begin in the middle of a character. */
  public JobLog read(InputStream source) throws IOException {
    byte[] ring = new byte[keep];
    byte[] chunk = new byte[16 * 1024];
    long total = 0;
    int count = source.read(chunk);
    while (count >= 0) {
      for (int i = 0; i < count; i++) {
        ring[(int) ((total + i) % keep)] = chunk[i];
      }
      total += count;
      count = source.read(chunk);
    }
    int length = (int) Math.min(total, keep);
    byte[] tail = new byte[length];
    for (int i = 0; i < length; i++) {
      tail[i] = ring[(int) ((total - length + i) % keep)];
    }
    return new JobLog(new String(tail, StandardCharsets.UTF_8), total > keep);
  }

  public String mask(String text) {
    String masked = TERMINAL_CODES.matcher(text).replaceAll("");
    for (String secret : secrets) {
      masked = masked.replace(secret, "***");
    }
    return TOKEN.matcher(masked).replaceAll("***");
  }
}
