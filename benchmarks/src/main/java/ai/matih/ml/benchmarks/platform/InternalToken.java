package ai.matih.ml.benchmarks.platform;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.RSAPrivateKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The token that the door would send along, signed with the door's own key from the platform's
 * home: who can read that file may speak for anybody, so it works for the platform's owner only.
 */
public final class InternalToken {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private InternalToken() {}

  /**
   * A token of an application in one role.
   *
   * @param signingKey private key of {@code ml-api}, a JWK
   * @param role for example {@code inference}, which may only predict
   */
  public static String mint(
      Path signingKey, String tenant, String role, Instant now, Duration validity)
      throws IOException {
    JsonNode jwk = JSON.readTree(Files.readString(signingKey));
    String keyId = jwk.get("kid").asString();
    String head = JSON.writeValueAsString(Map.of("alg", "RS256", "typ", "JWT", "kid", keyId));
    String claims =
        JSON.writeValueAsString(
            Map.of(
                "iss",
                keyId,
                "aud",
                "matih-ml",
                "sub",
                "user:benchmark",
                "tenant",
                tenant,
                "roles",
                List.of(role),
                "iat",
                now.getEpochSecond(),
                "exp",
                now.plus(validity).getEpochSecond()));
    String signed = encode(head) + "." + encode(claims);
    try {
      PrivateKey key =
          KeyFactory.getInstance("RSA")
              .generatePrivate(new RSAPrivateKeySpec(number(jwk, "n"), number(jwk, "d")));
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IOException("The signing key in " + signingKey + " cannot be used", e);
    }
  }

  private static String encode(String text) {
    return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static BigInteger number(JsonNode jwk, String name) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(jwk.get(name).asString()));
  }
}
