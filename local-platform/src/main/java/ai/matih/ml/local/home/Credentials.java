package ai.matih.ml.local.home;

import java.util.Map;
import java.util.TreeMap;

/**
 * All secrets of one platform, made once per home and never shown.
 *
 * @param rolePasswords by PostgreSQL role
 * @param adminKey the first API key: tenant default, role admin
 */
public record Credentials(
    String postgresPassword,
    Map<String, String> rolePasswords,
    String s3AccessKey,
    String s3SecretKey,
    String rayToken,
    String feastToken,
    String adminKey) {

  public Credentials {
    rolePasswords = Map.copyOf(rolePasswords);
  }

  /** Fresh secrets for the given PostgreSQL roles. */
  public static Credentials random(Iterable<String> roles) {
    var passwords = new TreeMap<String, String>();
    roles.forEach(role -> passwords.put(role, Secret.hex(16)));
    return new Credentials(
        Secret.hex(16),
        passwords,
        "matih" + Secret.hex(6),
        Secret.hex(20),
        Secret.hex(32),
        Secret.hex(32),
        Secret.apiKey());
  }

  @Override
  public String toString() {
    return "Credentials[hidden]";
  }
}
