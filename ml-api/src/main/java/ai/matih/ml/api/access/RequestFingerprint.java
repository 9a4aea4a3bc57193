package ai.matih.ml.api.access;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Names one request for good, so that what it made is found again. It says nothing about the
 * idempotency key that it comes from.
 */
public final class RequestFingerprint {

  private RequestFingerprint() {}

  /** The same for all repeats of a request with an idempotency key. */
  public static String of(Caller caller, String route, String idempotencyKey) {
    if (!idempotencyKey.matches("[\\x21-\\x7e]{1,255}")) {
      throw Problem.invalid("Idempotency-Key", "must be 1 to 255 visible ASCII characters");
    }
    return hash(
        String.join("\n", caller.tenant().slug(), caller.principal(), route, idempotencyKey));
  }

  /** For a request that cannot be repeated by its caller. */
  public static String unique() {
    return hash(UUID.randomUUID().toString());
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)))
          .substring(0, 32);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
