import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Makes what the suite must keep secret: {@code java docker/Secrets.java docker}.
 *
 * <p>Writes {@code <folder>/.env} with every password and token, {@code <folder>/keys} with one
 * signing key per service and all public halves, and {@code <folder>/admin-key} with the first API
 * key. What is there already stays. With the word {@code keys} behind the folder, only the keys.
 *
 * <p>One file without any dependency, so that a JDK image alone can run it.
 */
class Secrets {

  static final List<String> SERVICES =
      List.of(
          "ml-api",
          "training-orchestrator",
          "model-registry-gateway",
          "feature-gateway",
          "serving-router");
  static final List<String> ROLES =
      List.of("api", "training", "registry", "features", "serving", "mlflow", "feast");
  static final SecureRandom RANDOM = new SecureRandom();

  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 0) {
      System.err.println("usage: java docker/Secrets.java FOLDER [keys]");
      System.exit(2);
    }
    Path folder = Path.of(arguments[0]);
    boolean all = arguments.length == 1;
    Path keys = Files.createDirectories(folder.resolve("keys"));
    // The user of the containers is nobody on this machine and must read the files: the folder keeps others out.
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rwx------"));
    keys(keys);
    if (all && !Files.exists(folder.resolve(".env"))) {
      secrets(folder);
    }
  }

  static void secrets(Path folder) throws Exception {
    String adminKey = "mlk_" + hex(32);
    Map<String, String> values = new LinkedHashMap<>();
    values.put("POSTGRES_PASSWORD", hex(16));
    for (String role : ROLES) {
      values.put("PASSWORD_" + role.toUpperCase(java.util.Locale.ROOT), hex(16));
    }
    values.put("S3_ACCESS_KEY", "matih" + hex(6));
    values.put("S3_SECRET_KEY", hex(20));
    values.put("RAY_TOKEN", hex(32));
    values.put("FEAST_TOKEN", hex(32));
    values.put(
        "BOOTSTRAP_KEY_SHA256",
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(adminKey.getBytes(StandardCharsets.UTF_8))));
    write(folder.resolve("admin-key"), adminKey + "\n", "rw-------");
    // Last: it says that everything is there.
    write(
        folder.resolve(".env"),
        values.entrySet().stream()
            .map(value -> value.getKey() + "=" + value.getValue() + "\n")
            .collect(Collectors.joining()),
        "rw-------");
  }

  static void keys(Path folder) throws IOException, GeneralSecurityException {
    Path publicKeys = folder.resolve("jwks.json");
    if (Files.exists(publicKeys)) {
      return;
    }
    StringBuilder halves = new StringBuilder();
    for (String service : SERVICES) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      RSAPrivateCrtKey key = (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
      Map<String, String> jwk = new LinkedHashMap<>();
      jwk.put("kty", "RSA");
      jwk.put("use", "sig");
      jwk.put("alg", "RS256");
      jwk.put("kid", service);
      jwk.put("n", number(key.getModulus()));
      jwk.put("e", number(key.getPublicExponent()));
      halves.append(halves.isEmpty() ? "" : ",").append(json(jwk));
      jwk.put("d", number(key.getPrivateExponent()));
      jwk.put("p", number(key.getPrimeP()));
      jwk.put("q", number(key.getPrimeQ()));
      jwk.put("dp", number(key.getPrimeExponentP()));
      jwk.put("dq", number(key.getPrimeExponentQ()));
      jwk.put("qi", number(key.getCrtCoefficient()));
      write(folder.resolve(service + ".jwk.json"), json(jwk), "rw-r--r--");
    }
    write(publicKeys, "{\"keys\":[" + halves + "]}", "rw-r--r--");
  }

  static String json(Map<String, String> values) {
    return values.entrySet().stream()
        .map(value -> "\"" + value.getKey() + "\":\"" + value.getValue() + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }

  static String number(BigInteger number) {
    byte[] bytes = number.toByteArray();
    byte[] unsigned = bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(unsigned);
  }

  static String hex(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  static void write(Path file, String content, String permissions) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(permissions));
    Files.writeString(fresh, content);
    Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }
}
