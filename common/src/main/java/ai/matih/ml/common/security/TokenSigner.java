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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Set;

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

  /**
   * @param claims further claims, by the names of {@link Claims}
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
            .audience(Claims.AUDIENCE)
            .subject(principal)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(validity)))
            .claim(Claims.TENANT, tenant.slug())
            .claim(Claims.ROLES, roles.stream().map(Role::wire).sorted().toList());
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
