package ai.matih.ml.verifier;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/** SHA-256 as the bundle writes it. */
final class Hash {

  private Hash() {}

  static String sha256(byte[] content) {
    return "sha256:" + hex(content);
  }

  static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Of several parts, each preceded by its length in bytes; without a prefix. */
  static String ofParts(String... parts) {
    var sha = sha();
    for (var part : parts) {
      var bytes = part.getBytes(StandardCharsets.UTF_8);
      sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      sha.update(bytes);
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  /** Of a model's files: one line per file, sorted by the bytes of the path. */
  static String ofFiles(Map<String, String> hexByPath) {
    var lines = new StringBuilder();
    hexByPath.keySet().stream()
        .sorted((a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b)))
        .forEach(path -> lines.append(hexByPath.get(path) + "  " + path + "\n"));
    return sha256(lines.toString());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(byte[] content) {
    return HexFormat.of().formatHex(sha().digest(content));
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
