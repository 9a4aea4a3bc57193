package ai.matih.ml.bundle;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/** A SHA-256 digest of some bytes or of a whole bundle, written {@code sha256:<64 hex digits>}. */
public record Digest(@JsonValue String value) {

  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

  @JsonCreator
  public Digest {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("a digest reads sha256: and 64 hexadecimal digits");
    }
  }

  public static Digest of(byte[] content) {
    return ofSha(sha256().digest(content));
  }

  public static Digest of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The digest of a bundle: one line {@code <hex of the file> <path>} per file, sorted by the bytes
   * of the path, digested.
   */
  public static Digest ofFiles(Map<String, String> hexByPath) {
    MessageDigest sha = sha256();
    hexByPath.entrySet().stream()
        .sorted((a, b) -> Arrays.compareUnsigned(utf8(a.getKey()), utf8(b.getKey())))
        .forEach(file -> sha.update(utf8(file.getValue() + "  " + file.getKey() + "\n")));
    return ofSha(sha.digest());
  }

  private static Digest ofSha(byte[] sha) {
    return new Digest("sha256:" + HexFormat.of().formatHex(sha));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A fresh SHA-256, which every Java platform has. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public String hex() {
    return value.substring("sha256:".length());
  }

  @Override
  public String toString() {
    return value;
  }
}
