package ai.matih.ml.serving.engine;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/** The canonical digest over all files of a bundle, written {@code sha256:<64 hex>}. */
public record BundleDigest(String value) {

  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

  public BundleDigest {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("a digest reads sha256: and 64 hexadecimal digits");
    }
  }

  public String hex() {
    return value.substring("sha256:".length());
  }

  /**
   * The digest of a bundle with these files: one line per file, sorted by the bytes of its path.
   */
  public static BundleDigest of(Map<String, String> sha256ByPath) {
    MessageDigest sha = sha256();
    sha256ByPath.entrySet().stream()
        .sorted(
            (a, b) ->
                Arrays.compareUnsigned(
                    a.getKey().getBytes(StandardCharsets.UTF_8),
                    b.getKey().getBytes(StandardCharsets.UTF_8)))
        .forEach(
            file ->
                sha.update(
                    (file.getValue() + "  " + file.getKey() + "\n")
                        .getBytes(StandardCharsets.UTF_8)));
    return new BundleDigest("sha256:" + HexFormat.of().formatHex(sha.digest()));
  }

  /** A fresh SHA-256, which every Java platform has. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
