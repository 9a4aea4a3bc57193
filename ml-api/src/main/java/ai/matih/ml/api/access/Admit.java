package ai.matih.ml.api.access;

import ai.matih.ml.common.security.Caller;
import com.nimbusds.jwt.JWTParser;
import java.text.ParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** Lets a caller in by whatever credential it shows. */
public final class Admit {

  private final KeyDirectory keys;
  private final JwtDecoder internal;
  private final Optional<IdentityProvider> provider;
  private final Set<String> internalIssuers;

  /**
   * @param internal verifies the tokens of the suite's own services
   * @param internalIssuers the {@code iss} of those tokens
   */
  public Admit(
      KeyDirectory keys,
      JwtDecoder internal,
      Set<String> internalIssuers,
      Optional<IdentityProvider> provider) {
    this.keys = keys;
    this.internal = internal;
    this.internalIssuers = Set.copyOf(internalIssuers);
    this.provider = provider;
  }

  /**
   * @param authorization the header as sent
   * @throws CallerUnknown when the caller stays outside
   */
  public Admission by(@Nullable String authorization) {
    if (authorization == null) {
      throw new CallerUnknown("Send an API key or a token: Authorization: Bearer <key>.");
    }
    Credential credential =
        Credential.of(authorization)
            .orElseThrow(
                () -> new CallerUnknown("The Authorization header has no key and no token."));
    return switch (credential) {
      case Credential.Key key ->
          keys.admit(key.secret())
              .orElseThrow(() -> new CallerUnknown("The API key is unknown, expired or revoked."));
      case Credential.Token token -> byToken(token.jwt());
    };
  }

  private Admission byToken(String token) {
    if (internalIssuers.contains(issuer(token))) {
      return byInternalToken(token);
    }
    return provider
        .flatMap(p -> p.admit(token))
        .orElseThrow(() -> new CallerUnknown("The token is not valid here."));
  }

  private Admission byInternalToken(String token) {
    try {
      Jwt jwt = internal.decode(token);
      Caller caller = Caller.of(jwt);
      return new Admission(caller.tenant(), caller.principal(), caller.roles(), token);
    } catch (BadJwtException e) {
      throw new CallerUnknown("The token is not valid here.");
    }
  }

  /** Only to choose who verifies; nothing is believed. */
  private static String issuer(String token) {
    try {
      Map<String, Object> claims = JWTParser.parse(token).getJWTClaimsSet().getClaims();
      return String.valueOf(claims.get("iss"));
    } catch (ParseException e) {
      return "";
    }
  }
}
