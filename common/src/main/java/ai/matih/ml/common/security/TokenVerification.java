package ai.matih.ml.common.security;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Verifies internal tokens: RS256 only, by a known service's key, for this audience, not expired.
 */
final class TokenVerification {

  private TokenVerification() {}

  /**
   * @param keys public keys of the five services, {@code kid} = the service's name; several keys of
   *     one service ({@code name.2}) allow rotation
   */
  static JwtDecoder decoder(JWKSet keys) {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            JWSAlgorithm.RS256, new ImmutableJWKSet<>(keys.toPublicJWKSet())));
    processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT));
    // Times and claims are checked below, by Spring's validators.
    processor.setJWTClaimsSetVerifier((claims, context) -> {});
    NimbusJwtDecoder decoder = new NimbusJwtDecoder(processor);
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            new JwtTimestampValidator(Duration.ofSeconds(10)), claimsValidator()));
    return decoder;
  }

  private static OAuth2TokenValidator<Jwt> claimsValidator() {
    return jwt -> {
      Optional<String> fault = fault(jwt);
      return fault.isEmpty()
          ? OAuth2TokenValidatorResult.success()
          : OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", fault.get(), null));
    };
  }

  private static Optional<String> fault(Jwt jwt) {
    if (jwt.getExpiresAt() == null) {
      return Optional.of("exp is missing");
    }
    if (jwt.getAudience() == null || !jwt.getAudience().contains(TokenClaims.AUDIENCE)) {
      return Optional.of("wrong audience");
    }
    @Nullable String issuer = jwt.getClaimAsString("iss");
    Object kid = jwt.getHeaders().get("kid");
    if (issuer == null || !(kid instanceof String key) || !key.split("\\.", 2)[0].equals(issuer)) {
      return Optional.of("signed by another service than its issuer");
    }
    Set<Role> roles =
        Objects.requireNonNullElse(
                jwt.getClaimAsStringList(TokenClaims.ROLES), java.util.List.<String>of())
            .stream()
            .flatMap(wire -> Role.ofWire(wire).stream())
            .collect(Collectors.toSet());
    if (!Issuer.ofWire(issuer).map(i -> i.maySay(roles)).orElse(false)) {
      return Optional.of("the issuer may not give these roles");
    }
    try {
      Caller.of(jwt);
    } catch (RuntimeException e) {
      return Optional.of("claims are incomplete");
    }
    return Optional.empty();
  }
}
