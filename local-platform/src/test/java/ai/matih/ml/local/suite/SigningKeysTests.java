package ai.matih.ml.local.suite;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.home.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SigningKeysTests {

  @TempDir static Path folder;

  /** Made once: finding primes is slow. */
  @BeforeAll
  static void makeKeys() throws IOException {
    new SigningKeys(folder).ensure();
  }

  @Test
  void what_a_service_signs_its_public_half_verifies()
      throws IOException, GeneralSecurityException {
    var keys = new SigningKeys(folder);
    var whole = Json.MAPPER.readTree(Files.readString(keys.privateKey(Service.ML_API)));
    var half = Json.MAPPER.readTree(Files.readString(keys.publicKeys())).path("keys").path(0);
    var factory = KeyFactory.getInstance("RSA");
    var text = "hello".getBytes(StandardCharsets.UTF_8);

    var signer = Signature.getInstance("SHA256withRSA");
    signer.initSign(
        factory.generatePrivate(new RSAPrivateKeySpec(number(whole, "n"), number(whole, "d"))));
    signer.update(text);
    var verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(
        factory.generatePublic(new RSAPublicKeySpec(number(half, "n"), number(half, "e"))));
    verifier.update(text);

    assertThat(verifier.verify(signer.sign())).isTrue();
    assertThat(half.path("kid").asString()).isEqualTo("ml-api");
  }

  @Test
  void the_public_file_holds_five_keys_and_no_secret() throws IOException {
    var keys = new SigningKeys(folder);

    var all = Json.MAPPER.readTree(Files.readString(keys.publicKeys())).path("keys");
    assertThat(all).hasSize(5).noneMatch(key -> key.has("d"));
  }

  @Test
  void keys_are_made_once() throws IOException {
    var keys = new SigningKeys(folder);
    var first = Files.readString(keys.publicKeys());

    keys.ensure();

    assertThat(keys.publicKeys()).hasContent(first);
  }

  private static BigInteger number(JsonNode key, String field) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(key.path(field).asString()));
  }
}
