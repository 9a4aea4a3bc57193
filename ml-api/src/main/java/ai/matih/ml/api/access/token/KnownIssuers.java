package ai.matih.ml.api.access.token;

import ai.matih.ml.api.access.Admission;
import ai.matih.ml.api.access.SignedTokens;
import ai.matih.ml.common.security.Caller;
import com.nimbusds.jwt.JWTParser;
import java.text.ParseException;
import java.util.Optional;
import java.util.Set;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * Sends a token to the one who can verify it. The issuer that it names decides only who looks;
 * nothing else of it is believed before.
 */
final class KnownIssuers implements SignedTokens {

  private static final Set<String> SERVICES =
      Set.of(
          "ml-api",
          "training-orchestrator",
          "model-registry-gateway",
          "feature-gateway",
          "serving-router");

  private final JwtDecoder internal;
  private final Optional<IdentityProvider> provider;

  /**
   * @param internal verifies the tokens of the suite's own services
   */
  KnownIssuers(JwtDecoder internal, Optional<IdentityProvider> provider) {
    this.internal = internal;
    this.provider = provider;
  }

  @Override
  public Optional<Admission> admit(String token) {
    return SERVICES.contains(issuer(token))
        ? internal(token)
        : provider.flatMap(known -> known.admit(token));
  }

  private Optional<Admission> internal(String token) {
    try {
      Caller caller = Caller.of(internal.decode(token));
      return Optional.of(new Admission(caller.tenant(), caller.principal(), caller.roles(), token));
    } catch (BadJwtException e) {
      return Optional.empty();
    }
  }

  private static String issuer(String token) {
    try {
      return String.valueOf(JWTParser.parse(token).getJWTClaimsSet().getIssuer());
    } catch (ParseException e) {
      return "";
    }
  }
}
