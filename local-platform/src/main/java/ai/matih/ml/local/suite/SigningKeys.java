package ai.matih.ml.local.suite;

import ai.matih.ml.local.home.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One RSA key per service as a JWK file, and one file with all the public halves. */
public record SigningKeys(Path folder) {

  public Path privateKey(Service service) {
    return folder.resolve(service.wire() + ".jwk.json");
  }

  public Path publicKeys() {
    return folder.resolve("jwks.json");
  }

  /** Makes the keys once; the file of public keys is written last and says that all are there. */
  public void ensure() throws IOException {
    if (Files.exists(publicKeys())) {
      return;
    }
    var publicHalves = new ArrayList<Map<String, String>>();
    for (var service : Service.values()) {
      var key = generate();
      var publicHalf = publicHalf(key, service.wire());
      var whole = new LinkedHashMap<>(publicHalf);
      whole.put("d", encode(key.getPrivateExponent()));
      whole.put("p", encode(key.getPrimeP()));
      whole.put("q", encode(key.getPrimeQ()));
      whole.put("dp", encode(key.getPrimeExponentP()));
      whole.put("dq", encode(key.getPrimeExponentQ()));
      whole.put("qi", encode(key.getCrtCoefficient()));
      Json.write(privateKey(service), whole);
      publicHalves.add(publicHalf);
    }
    Json.write(publicKeys(), Map.of("keys", List.copyOf(publicHalves)));
  }

  private static Map<String, String> publicHalf(RSAPrivateCrtKey key, String name) {
    var half = new LinkedHashMap<String, String>();
    half.put("kty", "RSA");
    half.put("use", "sig");
    half.put("alg", "RS256");
    half.put("kid", name);
    half.put("n", encode(key.getModulus()));
    half.put("e", encode(key.getPublicExponent()));
    return half;
  }

  private static RSAPrivateCrtKey generate() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Base64url of the number's bytes, without the sign byte that Java may put in front. */
  private static String encode(BigInteger number) {
    var bytes = number.toByteArray();
    var unsigned = bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(unsigned);
  }
}
