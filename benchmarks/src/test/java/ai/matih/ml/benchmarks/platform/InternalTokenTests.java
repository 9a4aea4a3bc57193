package ai.matih.ml.benchmarks.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InternalTokenTests {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void it_says_what_the_door_would_say_and_its_signature_holds(@TempDir Path folder)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    RSAPrivateKey secret = (RSAPrivateKey) pair.getPrivate();
    Path file = folder.resolve("ml-api.jwk.json");
    Files.writeString(
        file,
        JSON.writeValueAsString(
            Map.of(
                "kid", "ml-api",
                "n", encode(secret.getModulus().toByteArray()),
                "d", encode(secret.getPrivateExponent().toByteArray()))));
    Instant now = Instant.parse("2026-11-23T12:00:00Z");

    String token = InternalToken.mint(file, "acme", "inference", now, Duration.ofMinutes(5));

    String[] parts = token.split("\\.", -1);
    JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
    assertThat(claims.get("iss").asString()).isEqualTo("ml-api");
    assertThat(claims.get("tenant").asString()).isEqualTo("acme");
    assertThat(claims.at("/roles/0").asString()).isEqualTo("inference");
    assertThat(claims.get("exp").asLong()).isEqualTo(now.plusSeconds(300).getEpochSecond());
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(pair.getPublic());
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
