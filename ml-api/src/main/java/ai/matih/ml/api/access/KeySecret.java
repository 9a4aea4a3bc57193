package ai.matih.ml.api.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The secret of an API key as its owner holds it: {@code mlk_} and 256 random bits.
 *
 * <p>The platform keeps its SHA-256 only. A plain hash is enough: there is nothing to guess.
 */
public record KeySecret(String text) {

  private static final String PREFIX = "mlk_";
  private static final Pattern FORM = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{32,64}");

  public KeySecret {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not an API key");
    }
  }

  public static KeySecret random(SecureRandom random) {
    byte[] bits = new byte[32];
    random.nextBytes(bits);
    return new KeySecret(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
  }

  public static boolean looksLike(String credential) {
    return FORM.matcher(credential).matches();
  }

  /** SHA-256 of the whole text, in lower-case hex. */
  public String sha256() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return PREFIX + "…";
  }
}
