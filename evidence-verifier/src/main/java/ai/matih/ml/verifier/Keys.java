package ai.matih.ml.verifier;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** RSA keys as JWKs. */
final class Keys {

  private Keys() {}

  /** All keys of a JWK set, or the one that the document is. */
  static List<RSAPublicKey> ofSet(JsonNode document) {
    var keys = new ArrayList<RSAPublicKey>();
    if (document.has("keys")) {
      for (var key : document.get("keys")) {
        keys.add(of(key));
      }
    } else {
      keys.add(of(document));
    }
    return keys;
  }

  static RSAPublicKey of(JsonNode jwk) {
    try {
      var key =
          (RSAPublicKey)
              KeyFactory.getInstance("RSA")
                  .generatePublic(new RSAPublicKeySpec(number(jwk, "n"), number(jwk, "e")));
      if (key.getModulus().bitLength() < 2048) {
        throw new NotABundle("The key is shorter than 2048 bits.");
      }
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new NotABundle("The key is no RSA key: " + e.getMessage());
    }
  }

  private static BigInteger number(JsonNode jwk, String field) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(jwk.path(field).asString("")));
  }

  /**
   * Whether a text is the signature of a document, in its one spelling: base64url and a line break.
   */
  static boolean verifies(RSAPublicKey key, String purpose, byte[] document, String signature) {
    try {
      var verifier = Signature.getInstance("SHA256withRSA");
      verifier.initVerify(key);
      verifier.update(purpose.getBytes(StandardCharsets.UTF_8));
      verifier.update(document);
      var bytes = Base64.getUrlDecoder().decode(signature.strip());
      var spelling = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "\n";
      return verifier.verify(bytes) && spelling.equals(signature);
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      return false;
    }
  }

  static boolean same(RSAPublicKey one, RSAPublicKey other) {
    return one.getModulus().equals(other.getModulus())
        && one.getPublicExponent().equals(other.getPublicExponent());
  }

  /** RFC 7638, the name of a key that cannot be chosen. */
  static String thumbprint(RSAPublicKey key) {
    return Hash.sha256(
        "{\"e\":\"%s\",\"kty\":\"RSA\",\"n\":\"%s\"}"
            .formatted(encoded(key.getPublicExponent()), encoded(key.getModulus()))
            .getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(BigInteger number) {
    var bytes = number.toByteArray();
    int sign = bytes[0] == 0 ? 1 : 0;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(java.util.Arrays.copyOfRange(bytes, sign, bytes.length));
  }
}
