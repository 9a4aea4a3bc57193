package ai.matih.ml.common.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.tenant.Tenant;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;

/** An internal token is accepted only from a known service, for what that service may say. */
class TokenVerificationTests {

  private static final Tenant ACME = new Tenant("acme");
  private static RSAKey api;
  private static RSAKey router;
  private static RSAKey orchestrator;
  private static RSAKey stranger;
  private static JwtDecoder decoder;

  @BeforeAll
  static void keys() throws JOSEException {
    api = new RSAKeyGenerator(2048).keyID("ml-api").generate();
    router = new RSAKeyGenerator(2048).keyID("serving-router").generate();
    orchestrator = new RSAKeyGenerator(2048).keyID("training-orchestrator").generate();
    stranger = new RSAKeyGenerator(2048).keyID("ml-api").generate();
    decoder = TokenVerification.decoder(new JWKSet(List.<JWK>of(api, router, orchestrator)));
  }

  @Test
  void a_persons_token_made_by_the_door_is_accepted() {
    Caller caller = Caller.of(decoder.decode(token(api, Set.of(Role.REVIEWER))));

    assertThat(caller.tenant()).isEqualTo(ACME);
    assertThat(caller.principal()).isEqualTo("user:alice");
    assertThat(caller.may(Permission.MODELS_APPROVE)).isTrue();
    assertThat(caller.may(Permission.TRAINING_SUBMIT)).isFalse();
  }

  @Test
  void a_job_token_made_by_the_orchestrator_carries_its_attempt() {
    String token =
        new JobTokens(signer(orchestrator))
            .mint(ACME, new Caller.Job("j1", 2, "r1"), Duration.ofMinutes(1));
    assertThat(Caller.of(decoder.decode(token)).job()).contains(new Caller.Job("j1", 2, "r1"));
  }

  static Stream<Arguments> forged() throws Exception {
    Instant now = Instant.now();
    JWTClaimsSet good = claims("ml-api", now.plusSeconds(60)).build();
    JWSHeader header = header("ml-api", JWSAlgorithm.RS256);
    SignedJWT confused = new SignedJWT(header("ml-api", JWSAlgorithm.HS256), good);
    confused.sign(new MACSigner(api.toPublicJWK().toRSAPublicKey().getEncoded()));
    return Stream.of(
        Arguments.of("a stranger's key under the door's name", signed(stranger, header, good)),
        Arguments.of("the router speaking as a person", token(router, Set.of(Role.ADMIN))),
        Arguments.of(
            "the router speaking as a job",
            new JobTokens(signer(router))
                .mint(ACME, new Caller.Job("j", 1, "r"), Duration.ofMinutes(1))),
        Arguments.of(
            "the router naming the door as issuer",
            signed(router, header("serving-router", JWSAlgorithm.RS256), good)),
        Arguments.of(
            "the door speaking as a job",
            new JobTokens(signer(api))
                .mint(ACME, new Caller.Job("j", 1, "r"), Duration.ofMinutes(1))),
        Arguments.of("no signature", new PlainJWT(good).serialize()),
        Arguments.of("the public key as a shared secret", confused.serialize()),
        Arguments.of("another algorithm", signed(api, header("ml-api", JWSAlgorithm.RS512), good)),
        Arguments.of(
            "no key id", signed(api, new JWSHeader.Builder(JWSAlgorithm.RS256).build(), good)),
        Arguments.of(
            "expired", signed(api, header, claims("ml-api", now.minusSeconds(60)).build())),
        Arguments.of(
            "no expiry",
            signed(api, header, new JWTClaimsSet.Builder(good).expirationTime(null).build())),
        Arguments.of(
            "not valid yet",
            signed(
                api,
                header,
                new JWTClaimsSet.Builder(good)
                    .notBeforeTime(Date.from(now.plusSeconds(60)))
                    .build())),
        Arguments.of(
            "another audience",
            signed(api, header, new JWTClaimsSet.Builder(good).audience("mlflow").build())),
        Arguments.of(
            "no tenant",
            signed(api, header, new JWTClaimsSet.Builder(good).claim("tenant", null).build())),
        Arguments.of(
            "a tenant of another form",
            signed(api, header, new JWTClaimsSet.Builder(good).claim("tenant", "../x").build())),
        Arguments.of(
            "no subject",
            signed(api, header, new JWTClaimsSet.Builder(good).subject(null).build())),
        Arguments.of("a changed body", changed(signed(api, header, good))),
        Arguments.of("not a token", "a.b.c"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forged")
  void a_forged_token_is_refused(String name, String token) {
    assertThatThrownBy(() -> decoder.decode(token)).as(name).isInstanceOf(JwtException.class);
  }

  @Test
  void no_assignable_role_may_make_internal_calls() {
    assertThat(Arrays.stream(Role.values()).filter(Role::isAssignable))
        .noneMatch(
            role -> role.may(Permission.INTERNAL_CALL) || role.may(Permission.OWN_RUN_WRITE));
  }

  @Test
  void nobody_who_trains_models_approves_them_except_the_administrator() {
    assertThat(Arrays.stream(Role.values()).filter(Role::isAssignable))
        .filteredOn(
            role -> role.may(Permission.MODELS_APPROVE) && role.may(Permission.TRAINING_SUBMIT))
        .containsExactly(Role.ADMIN);
  }

  private static TokenSigner signer(RSAKey key) {
    return new TokenSigner(key, Clock.systemUTC());
  }

  private static String token(RSAKey key, Set<Role> roles) {
    return signer(key).sign(ACME, "user:alice", roles, Duration.ofMinutes(1), Map.of());
  }

  private static JWTClaimsSet.Builder claims(String issuer, Instant expiry) {
    return new JWTClaimsSet.Builder()
        .issuer(issuer)
        .audience(TokenClaims.AUDIENCE)
        .subject("user:alice")
        .claim(TokenClaims.TENANT, "acme")
        .claim(TokenClaims.ROLES, List.of("admin"))
        .expirationTime(Date.from(expiry));
  }

  private static JWSHeader header(String kid, JWSAlgorithm algorithm) {
    return new JWSHeader.Builder(algorithm).keyID(kid).type(JOSEObjectType.JWT).build();
  }

  private static String signed(RSAKey key, JWSHeader header, JWTClaimsSet claims)
      throws JOSEException {
    SignedJWT jwt = new SignedJWT(header, claims);
    jwt.sign(new RSASSASigner(key));
    return jwt.serialize();
  }

  private static String changed(String token) {
    String[] parts = token.split("\\.", -1);
    char first = parts[1].charAt(20);
    return parts[0]
        + "."
        + parts[1].substring(0, 20)
        + (first == 'A' ? 'B' : 'A')
        + parts[1].substring(21)
        + "."
        + parts[2];
  }
}
