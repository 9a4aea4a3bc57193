package ai.matih.ml.training.job;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/** The digest of a whole model bundle from the digests of its files. */
public final class BundleDigest {

  private BundleDigest() {}

  /**
   * One line {@code <sha256> <path>} per file, in the byte order of the paths.
   *
   * @param files path below the artifact path to SHA-256 in hex
   */
  public static String of(Map<String, String> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.entrySet().stream()
          .sorted(
              (a, b) ->
                  Arrays.compareUnsigned(
                      a.getKey().getBytes(StandardCharsets.UTF_8),
                      b.getKey().getBytes(StandardCharsets.UTF_8)))
          .forEach(
              file ->
                  digest.update(
                      (plain(file.getValue()) + "  " + file.getKey() + "\n")
                          .getBytes(StandardCharsets.UTF_8)));
      return "sha256:" + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SHA-256 of some bytes, in hex. */
  public static String hex(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String plain(String digest) {
    return digest.startsWith("sha256:") ? digest.substring("sha256:".length()) : digest;
  }
}
