package ai.matih.ml.api.access.token;

import ai.matih.ml.api.access.AccessSettings;
import ai.matih.ml.api.access.Admission;
import ai.matih.ml.api.access.OidcSettings;
import ai.matih.ml.api.access.Principal;
import ai.matih.ml.api.access.SignedTokens;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.security.TokenSigner;
import ai.matih.ml.common.tenant.Tenant;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Recognises tokens of the company's identity provider and gives an internal token for them.
 *
 * <p>Algorithms are fixed to RS256 and ES256, whatever a token's head says. Roles that only the
 * suite's own parts may have are ignored in a person's token.
 */
final class IdentityProvider {

  private static final int MAX_KNOWN = 10_000;

  private record Known(Admission admission, Instant until) {}

  private final AccessSettings settings;
  private final TokenSigner signer;
  private final Clock clock;
  private final JwtDecoder decoder;
  private final Cache<String, Known> known = Caffeine.newBuilder().maximumSize(MAX_KNOWN).build();

  /**
   * @param keys finds the provider's public keys and verifies signatures; see {@link #decoder}
   */
  IdentityProvider(AccessSettings settings, TokenSigner signer, Clock clock, JwtDecoder keys) {
    this.settings = settings;
    this.signer = signer;
    this.clock = clock;
    this.decoder = keys;
  }

  /** A decoder for the configured provider. Asks for its keys at the first token, not before. */
  static JwtDecoder decoder(OidcSettings oidc) {
    NimbusJwtDecoder decoder =
        oidc.jwks() == null
            ? NimbusJwtDecoder.withIssuerLocation(oidc.issuer())
                .jwsAlgorithm(SignatureAlgorithm.RS256)
                .jwsAlgorithm(SignatureAlgorithm.ES256)
                .build()
            : NimbusJwtDecoder.withJwkSetUri(oidc.jwks().toString())
                .jwsAlgorithm(SignatureAlgorithm.RS256)
                .jwsAlgorithm(SignatureAlgorithm.ES256)
                .build();
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            new JwtTimestampValidator(Duration.ofSeconds(10)),
            new JwtIssuerValidator(oidc.issuer()),
            audience(oidc.audience()),
            expires()));
    return decoder;
  }

  /**
   * Empty when the token is not the provider's, not valid, or names no tenant or no role of ours.
   *
   * @throws SignedTokens.IssuerAway when the provider's keys cannot be had
   */
  Optional<Admission> admit(String token) {
    Instant now = clock.instant();
    String digest = digest(token);
    Known before = known.getIfPresent(digest);
    if (before != null && now.isBefore(before.until())) {
      return Optional.of(before.admission());
    }
    Jwt jwt;
    try {
      jwt = decoder.decode(token);
    } catch (BadJwtException e) {
      return Optional.empty();
    } catch (JwtException e) {
      throw new SignedTokens.IssuerAway(e);
    }
    Optional<Admission> admission = admission(jwt, now);
    Instant until = now.plus(settings.tokenReuse());
    Instant expiry = jwt.getExpiresAt();
    admission.ifPresent(
        a ->
            known.put(
                digest, new Known(a, expiry != null && expiry.isBefore(until) ? expiry : until)));
    return admission;
  }

  private Optional<Admission> admission(Jwt jwt, Instant now) {
    OidcSettings oidc = settings.oidc();
    Object tenant = jwt.getClaim(oidc.tenantClaim());
    Object person = jwt.getClaim(oidc.principalClaim());
    Set<Role> roles = roles(jwt.getClaim(oidc.rolesClaim()));
    if (!(tenant instanceof String slug) || !(person instanceof String name) || roles.isEmpty()) {
      return Optional.empty();
    }
    try {
      Tenant of = new Tenant(slug);
      Principal principal = new Principal("user:" + name);
      Instant expiry = jwt.getExpiresAt();
      Duration life = settings.tokenLife();
      if (expiry != null && Duration.between(now, expiry).compareTo(life) < 0) {
        life = Duration.between(now, expiry);
      }
      String internal = signer.sign(of, principal.name(), roles, life, Map.of());
      return Optional.of(new Admission(of, principal.name(), roles, internal));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Set<Role> roles(@Nullable Object claim) {
    List<String> names = new ArrayList<>();
    if (claim instanceof Collection<?> many) {
      many.forEach(one -> names.add(String.valueOf(one)));
    } else if (claim instanceof String one) {
      names.addAll(List.of(one.split("[ ,]+", -1)));
    }
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    names.forEach(name -> Role.ofWire(name).filter(Role::isAssignable).ifPresent(roles::add));
    return roles;
  }

  private static OAuth2TokenValidator<Jwt> audience(String audience) {
    return jwt ->
        jwt.getAudience() != null && jwt.getAudience().contains(audience)
            ? OAuth2TokenValidatorResult.success()
            : OAuth2TokenValidatorResult.failure(
                new OAuth2Error("invalid_token", "wrong audience", null));
  }

  private static OAuth2TokenValidator<Jwt> expires() {
    return jwt ->
        jwt.getExpiresAt() != null
            ? OAuth2TokenValidatorResult.success()
            : OAuth2TokenValidatorResult.failure(
                new OAuth2Error("invalid_token", "exp is missing", null));
  }

  private static String digest(String token) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
