package ai.matih.ml.api.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Credentials wrapped for a browser: only this service can open them, and only for a while.
 *
 * <p>Whoever shows one is admitted by what is inside it, as always. So a revoked key ends its
 * sessions too, every replica knows every session, and nothing is stored.
 */
public final class SealedCredentials {

  /** What a wrapped credential is for. */
  public enum Kind {
    /** Lives in a browser's cookie. */
    SESSION("mls_"),
    /** Opens the door once, to begin a session. */
    LINK("mlo_");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }
  }

  /**
   * What was inside.
   *
   * @param id of this wrapping
   * @param authorization the credential, as the header that was first sent
   */
  public record Opened(Kind kind, UUID id, Instant until, String authorization) {}

  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final int HEAD = 2 * Long.BYTES + Long.BYTES;

  private final Function<String, byte[]> secrets;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param secrets gives 32 secret bytes for a purpose, the same on every replica
   */
  public SealedCredentials(Function<String, byte[]> secrets, Clock clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  /** Wraps an {@code Authorization} header. */
  public String seal(Kind kind, String authorization, Duration life) {
    UUID id = UUID.randomUUID();
    byte[] inside = authorization.getBytes(StandardCharsets.UTF_8);
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    ByteBuffer plain =
        ByteBuffer.allocate(HEAD + inside.length)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .putLong(clock.instant().plus(life).toEpochMilli())
            .put(inside);
    byte[] sealed = run(Cipher.ENCRYPT_MODE, kind, nonce, plain.array());
    return kind.prefix
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed).array());
  }

  /** Empty when it was not sealed here, was changed, or is too old. */
  public Optional<Opened> open(String text) {
    for (Kind kind : Kind.values()) {
      if (text.startsWith(kind.prefix)) {
        return open(kind, text.substring(kind.prefix.length()));
      }
    }
    return Optional.empty();
  }

  static boolean looksLike(String credential) {
    return credential.matches("ml[so]_[A-Za-z0-9_-]+");
  }

  private Optional<Opened> open(Kind kind, String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (bytes.length < NONCE + HEAD) {
        return Optional.empty();
      }
      ByteBuffer all = ByteBuffer.wrap(bytes);
      byte[] nonce = new byte[NONCE];
      all.get(nonce);
      byte[] sealed = new byte[all.remaining()];
      all.get(sealed);
      ByteBuffer plain = ByteBuffer.wrap(run(Cipher.DECRYPT_MODE, kind, nonce, sealed));
      UUID id = new UUID(plain.getLong(), plain.getLong());
      Instant until = Instant.ofEpochMilli(plain.getLong());
      String inside = StandardCharsets.UTF_8.decode(plain).toString();
      return clock.instant().isBefore(until)
          ? Optional.of(new Opened(kind, id, until, inside))
          : Optional.empty();
    } catch (IllegalArgumentException | IllegalStateException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private byte[] run(int mode, Kind kind, byte[] nonce, byte[] text) {
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(
          mode,
          new SecretKeySpec(secrets.apply("matih-ml sealed credential " + kind.prefix), "AES"),
          new GCMParameterSpec(TAG_BITS, nonce));
      return cipher.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot seal or open", e);
    }
  }
}
