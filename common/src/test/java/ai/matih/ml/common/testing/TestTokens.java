package ai.matih.ml.common.testing;

import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.JobTokens;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.security.TokenSigner;
import ai.matih.ml.common.tenant.Tenant;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keys of the five services, made once per JVM, and tokens of any caller. */
public final class TestTokens {

  private static final List<String> SERVICES =
      List.of(
          "ml-api",
          "training-orchestrator",
          "model-registry-gateway",
          "feature-gateway",
          "serving-router");
  private static final Map<String, RSAKey> KEYS = new ConcurrentHashMap<>();
  private static final Path FOLDER = folder();

  static {
    List<JWK> keys = SERVICES.stream().<JWK>map(TestTokens::key).toList();
    write("jwks.json", new JWKSet(keys).toString(true));
    SERVICES.forEach(service -> write(service + ".json", key(service).toJSONString()));
  }

  private TestTokens() {}

  /** Spring properties with which a service under test trusts these keys and signs by its own. */
  public static Map<String, String> properties(String service) {
    return Map.of(
        "matih.security.jwks-file", FOLDER.resolve("jwks.json").toString(),
        "matih.security.signing-key-file", FOLDER.resolve(service + ".json").toString());
  }

  /** A person's token as the door makes it. */
  public static String user(String tenant, String name, Role... roles) {
    return signer("ml-api")
        .sign(new Tenant(tenant), "user:" + name, Set.of(roles), Duration.ofMinutes(5), Map.of());
  }

  /** A service's own token. */
  public static String service(String tenant, String service) {
    return signer(service)
        .sign(
            new Tenant(tenant),
            "service:" + service,
            Set.of(Role.SERVICE),
            Duration.ofMinutes(5),
            Map.of());
  }

  /** A training job's token as the orchestrator makes it. */
  public static String job(String tenant, String jobId, int attempt, String runId) {
    return new JobTokens(signer("training-orchestrator"))
        .mint(new Tenant(tenant), new Caller.Job(jobId, attempt, runId), Duration.ofMinutes(5));
  }

  public static TokenSigner signer(String service) {
    return new TokenSigner(key(service), Clock.systemUTC());
  }

  private static RSAKey key(String service) {
    return KEYS.computeIfAbsent(
        service,
        name -> {
          try {
            return new RSAKeyGenerator(2048).keyID(name).generate();
          } catch (JOSEException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("matih-test-keys");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(String name, String content) {
    try {
      Path file = Files.writeString(FOLDER.resolve(name), content);
      file.toFile().deleteOnExit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
