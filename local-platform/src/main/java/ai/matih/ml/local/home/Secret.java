package ai.matih.ml.local.home;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** Random secrets that need no quoting in URLs, SQL or shells. */
public final class Secret {

  private static final SecureRandom RANDOM = new SecureRandom();

  private Secret() {}

  /** Hexadecimal digits for the given number of random bytes. */
  public static String hex(int bytes) {
    var random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** An API key of 256 random bits. */
  public static String apiKey() {
    var random = new byte[32];
    RANDOM.nextBytes(random);
    return "mlk_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** What a service stores instead of the key. */
  public static String sha256(String secret) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
