package ai.matih.ml.local.command;

import ai.matih.ml.local.engine.Postgres;
import ai.matih.ml.local.home.Credentials;
import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.Secret;
import ai.matih.ml.local.install.Installation;
import ai.matih.ml.local.suite.Service;
import ai.matih.ml.local.suite.SigningKeys;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Prints fresh random secrets as Kubernetes objects, with the names that the chart expects: {@code
 * ./ml secrets | kubectl create -n matih-ml -f -}. Nothing is kept here, and {@code create} never
 * replaces a secret that is in use.
 */
@Command(
    name = "secrets",
    description =
        "print fresh secrets for a Kubernetes cluster: ./ml secrets | kubectl create -f -")
final class ClusterSecrets implements Callable<Integer> {

  @Override
  public Integer call() throws IOException {
    if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()) {
      throw new Refused(
          "Secrets are not shown on a terminal: ./ml secrets | kubectl create -n NAMESPACE -f -");
    }
    System.out.println(Json.MAPPER.writeValueAsString(list()));
    return 0;
  }

  static Map<String, Object> list() throws IOException {
    var random = Credentials.random(Postgres.ROLES);
    var databases = new TreeMap<String, String>();
    databases.put("postgres-password", random.postgresPassword());
    random.rolePasswords().forEach((role, secret) -> databases.put(role + "-password", secret));
    var items = new ArrayList<Map<String, Object>>();
    items.add(secret("matih-ml-auth", auth(random.adminKey())));
    items.add(secret("matih-ml-admin-key", Map.of("admin-key", random.adminKey())));
    items.add(secret("matih-ml-postgresql", databases));
    items.add(
        secret(
            "matih-ml-object-store",
            Map.of("access-key", random.s3AccessKey(), "secret-key", random.s3SecretKey())));
    items.add(secret("matih-ml-ray", Map.of("auth_token", random.rayToken())));
    items.add(secret("matih-ml-feast", Map.of("token", random.feastToken())));
    return Map.of("apiVersion", "v1", "kind", "List", "items", List.copyOf(items));
  }

  private static Map<String, String> auth(String adminKey) throws IOException {
    var folder = Files.createTempDirectory("matih-ml-keys");
    try {
      var keys = new SigningKeys(folder);
      keys.ensure();
      var files = new TreeMap<String, String>();
      files.put("jwks.json", Files.readString(keys.publicKeys()));
      for (var service : Service.values()) {
        files.put(service.wire() + ".jwk.json", Files.readString(keys.privateKey(service)));
      }
      files.put("bootstrap-key-sha256", Secret.sha256(adminKey));
      return files;
    } finally {
      Installation.delete(folder);
    }
  }

  private static Map<String, Object> secret(String name, Map<String, String> content) {
    return Map.of(
        "apiVersion",
        "v1",
        "kind",
        "Secret",
        "metadata",
        Map.of("name", name, "labels", Map.of("app.kubernetes.io/part-of", "matih-ml")),
        "type",
        "Opaque",
        "stringData",
        new TreeMap<>(content));
  }
}
