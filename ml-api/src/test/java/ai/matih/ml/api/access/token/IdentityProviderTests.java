package ai.matih.ml.api.access.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.api.access.AccessSettings;
import ai.matih.ml.api.access.Admission;
import ai.matih.ml.api.access.OidcSettings;
import ai.matih.ml.api.access.SignedTokens;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.testing.TestTokens;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens of the company's identity provider: which come in, and the many that do not. */
class IdentityProviderTests {

  private static final String ISSUER = "https://login.example.org/realms/acme";

  private static RSAKey rsa;
  private static ECKey ec;
  private static RSAKey stranger;
  private static HttpServer server;
  private static IdentityProvider provider;

  @BeforeAll
  static void publish_keys() throws JOSEException, IOException {
    rsa = new RSAKeyGenerator(2048).keyID("r1").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("e1").generate();
    stranger = new RSAKeyGenerator(2048).keyID("r1").generate();
    byte[] jwks = new JWKSet(List.of(rsa, ec)).toString(true).getBytes(StandardCharsets.UTF_8);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, jwks.length);
          exchange.getResponseBody().write(jwks);
          exchange.close();
        });
    server.start();
    provider = provider(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks"));
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  @Test
  void a_good_token_is_admitted_and_gets_an_internal_one() throws Exception {
    for (String token : List.of(rs256(good()), es256(good()))) {
      Admission admission = provider.admit(token).orElseThrow();
      assertThat(admission.tenant().slug()).isEqualTo("acme");
      assertThat(admission.roles()).containsExactlyInAnyOrder(Role.DATA_SCIENTIST, Role.REVIEWER);
      SignedJWT internal = SignedJWT.parse(admission.token());
      assertThat(internal.getJWTClaimsSet().getIssuer()).isEqualTo("ml-api");
      assertThat(internal.getJWTClaimsSet().getSubject()).isEqualTo("user:alice");
    }
  }

  @Test
  void the_internal_token_does_not_outlive_the_providers() throws Exception {
    Instant soon = Instant.now().plusSeconds(30);
    String token = rs256(good(c -> c.expirationTime(Date.from(soon))));
    SignedJWT internal = SignedJWT.parse(provider.admit(token).orElseThrow().token());
    assertThat(internal.getJWTClaimsSet().getExpirationTime().toInstant())
        .isBeforeOrEqualTo(soon.plusSeconds(1));
  }

  @Test
  void a_persons_token_never_gives_the_roles_of_the_suites_own_parts() {
    Admission admission =
        provider
            .admit(rs256(good(c -> c.claim("roles", List.of("service", "job", "viewer", "root")))))
            .orElseThrow();
    assertThat(admission.roles()).containsExactly(Role.VIEWER);
  }

  @Test
  void forged_tokens_stay_outside() throws Exception {
    Instant past = Instant.now().minusSeconds(3600);
    List<String> forged =
        List.of(
            sign(JWSAlgorithm.RS256, "r1", signer(stranger), good()),
            sign(JWSAlgorithm.RS256, "unknown", signer(rsa), good()),
            sign(JWSAlgorithm.RS512, "r1", signer(rsa), good()),
            sign(JWSAlgorithm.PS256, "r1", signer(rsa), good()),
            // The public key as an HMAC secret: the classic confusion.
            sign(JWSAlgorithm.HS256, "r1", new MACSigner(rsa.toPublicJWK().toJSONString()), good()),
            new PlainJWT(good().build()).serialize(),
            rs256(good(c -> c.issuer("https://evil.example.org"))),
            rs256(good(c -> c.issuer(ISSUER + "/"))),
            rs256(good(c -> c.issuer(null))),
            rs256(good(c -> c.audience("another-app"))),
            rs256(good(c -> c.audience((String) null))),
            rs256(good(c -> c.expirationTime(Date.from(past)))),
            rs256(good(c -> c.expirationTime(null))),
            rs256(good(c -> c.notBeforeTime(Date.from(Instant.now().plusSeconds(3600))))),
            rs256(good(c -> c.claim("tenant", null))),
            rs256(good(c -> c.claim("tenant", "Not A Tenant"))),
            rs256(good(c -> c.claim("tenant", List.of("acme")))),
            rs256(good(c -> c.claim("roles", null))),
            rs256(good(c -> c.claim("roles", List.of("emperor")))),
            rs256(good(c -> c.subject(null))),
            rs256(good(c -> c.subject("al ice\n"))),
            tampered(rs256(good())),
            "a.b.c");
    assertThat(forged).allSatisfy(token -> assertThat(provider.admit(token)).as(token).isEmpty());
  }

  @Test
  void keys_that_cannot_be_had_are_no_verdict_on_the_token() {
    IdentityProvider away = provider(URI.create("http://127.0.0.1:9/jwks"));
    assertThatThrownBy(() -> away.admit(rs256(good()))).isInstanceOf(SignedTokens.IssuerAway.class);
  }

  private static IdentityProvider provider(URI jwks) {
    OidcSettings oidc = new OidcSettings(ISSUER, jwks, "matih-ml", "tenant", "roles", "sub");
    AccessSettings settings =
        new AccessSettings(
            "",
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(5),
            Duration.ofSeconds(60),
            Duration.ofDays(90),
            Duration.ofDays(365),
            10,
            Duration.ofHours(8),
            Duration.ofMinutes(15),
            oidc);
    return new IdentityProvider(
        settings, TestTokens.signer("ml-api"), Clock.systemUTC(), IdentityProvider.decoder(oidc));
  }

  private static JWTClaimsSet.Builder good() {
    return good(UnaryOperator.identity());
  }

  private static JWTClaimsSet.Builder good(UnaryOperator<JWTClaimsSet.Builder> change) {
    return change.apply(
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .audience("matih-ml")
            .subject("alice")
            .claim("tenant", "acme")
            .claim("roles", List.of("data-scientist", "reviewer", "unknown-group"))
            .expirationTime(Date.from(Instant.now().plusSeconds(600))));
  }

  private static String rs256(JWTClaimsSet.Builder claims) {
    return sign(JWSAlgorithm.RS256, "r1", signer(rsa), claims);
  }

  private static String es256(JWTClaimsSet.Builder claims) throws JOSEException {
    return sign(JWSAlgorithm.ES256, "e1", new ECDSASigner(ec), claims);
  }

  private static JWSSigner signer(RSAKey key) {
    try {
      return new RSASSASigner(key);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sign(
      JWSAlgorithm algorithm, String kid, JWSSigner signer, JWTClaimsSet.Builder claims) {
    try {
      SignedJWT jwt =
          new SignedJWT(new JWSHeader.Builder(algorithm).keyID(kid).build(), claims.build());
      jwt.sign(signer);
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same signature over other claims. */
  private static String tampered(String token) throws ParseException {
    String[] parts = token.split("\\.", -1);
    String other = rs256(good(c -> c.claim("tenant", "globex"))).split("\\.", -1)[1];
    return parts[0] + "." + other + "." + parts[2];
  }
}
