package ai.matih.ml.common.security;

import ai.matih.ml.common.tenant.Tenant;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs internal tokens with this service's own key. */
public final class TokenSigner {

  private final RSAKey key;
  private final JWSSigner signer;
  private final Clock clock;

  /**
   * @param key private RSA key whose {@code kid} is this service's name
   */
  public TokenSigner(RSAKey key, Clock clock) {
    this.key = key;
    this.clock = clock;
    try {
      this.signer = new RSASSASigner(key);
    } catch (JOSEException e) {
      throw new IllegalArgumentException("the signing key is not a private RSA key", e);
    }
  }

  /** The service whose key this is. */
  public String issuer() {
    return key.getKeyID().split("\\.", 2)[0];
  }

  /** The public half of the key, as a JWK. */
  public Map<String, Object> publicKey() {
    return key.toPublicJWK().toJSONObject();
  }

  /**
   * Signs a document with RS256.
   *
   * @param purpose precedes the document in what is signed, so that a document never passes for a
   *     token or for one of another purpose; ends with a line break
   */
  public byte[] signDocument(String purpose, byte[] document) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key.toPrivateKey());
      signature.update(purpose.getBytes(StandardCharsets.UTF_8));
      signature.update(document);
      return signature.sign();
    } catch (GeneralSecurityException | JOSEException e) {
      throw new IllegalStateException("cannot sign a document", e);
    }
  }

  /** A secret of 32 bytes for one purpose that only holders of the private key know. */
  public byte[] derivedSecret(String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.toRSAPrivateKey().getPrivateExponent().toByteArray(), "Hmac"));
      return mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException | JOSEException e) {
      throw new IllegalStateException("cannot derive a secret", e);
    }
  }

  /**
   * @param claims further claims, by the names of {@link TokenClaims}
   */
  public String sign(
      Tenant tenant,
      String principal,
      Set<Role> roles,
      Duration validity,
      Map<String, Object> claims) {
    Instant now = clock.instant();
    JWTClaimsSet.Builder set =
        new JWTClaimsSet.Builder()
            .issuer(issuer())
            .audience(TokenClaims.AUDIENCE)
            .subject(principal)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(validity)))
            .claim(TokenClaims.TENANT, tenant.slug())
            .claim(TokenClaims.ROLES, roles.stream().map(Role::wire).sorted().toList());
    claims.forEach(set::claim);
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(key.getKeyID())
                .type(JOSEObjectType.JWT)
                .build(),
            set.build());
    try {
      jwt.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("cannot sign a token", e);
    }
    return jwt.serialize();
  }
}
