package ai.matih.ml.benchmarks.platform;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where the platform under test is.
 *
 * @param local its parts; absent for a platform on another machine, of which only the door is
 *     measured
 */
public record Platform(URI door, String key, Optional<Local> local) {

  /** The tenant of the platform's own key. */
  public static final String TENANT = "default";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * What a call past the door needs.
   *
   * @param state the platform's state file, beside the folder of its keys
   */
  public record Local(Path state) {

    /**
     * Where one part answers.
     *
     * @param part as the state file calls it, for example {@code registry}
     */
    public URI address(String part) throws IOException {
      return URI.create(read(state).path("addresses").path(part).asString());
    }

    /**
     * The process of one part.
     *
     * @param part as {@code ./ml status} calls it, for example {@code serving-router}
     */
    public long process(String part) throws IOException {
      for (JsonNode one : read(state).path("parts")) {
        if (one.path("name").asString("").equals(part)) {
          return one.path("pid").asLong();
        }
      }
      throw new IOException("The platform has no part " + part);
    }

    /** The Python that the platform's engines run in. */
    public Path python() throws IOException {
      return Path.of(read(state).path("python").asString());
    }

    /** By which Feast's server knows its callers. */
    public String feastToken() throws IOException {
      return read(Path.of(read(state).path("credentials").asString()))
          .path("feast_token")
          .asString();
    }

    /** A token for calls straight at a service. */
    public String token(String role) throws IOException {
      return InternalToken.mint(
          state.toAbsolutePath().resolveSibling("keys").resolve("ml-api.jwk.json"),
          TENANT,
          role,
          Clock.systemUTC().instant(),
          Duration.ofHours(1));
    }

    /** The password of the database's owner. */
    public String databasePassword() throws IOException {
      JsonNode credentials = read(Path.of(read(state).path("credentials").asString()));
      return credentials.path("postgres_password").asString();
    }
  }

  /** Reads {@code MATIH_URL}, {@code MATIH_KEY} and, if set, {@code MATIH_PLATFORM}. */
  public static Platform of(Map<String, String> environment) {
    URI door = URI.create(variable(environment, "MATIH_URL"));
    String key = variable(environment, "MATIH_KEY");
    String state = environment.getOrDefault("MATIH_PLATFORM", "");
    return new Platform(
        door, key, state.isBlank() ? Optional.empty() : Optional.of(new Local(Path.of(state))));
  }

  /** Its parts, which the peers of a comparison need. */
  public Local requireLocal() {
    return local.orElseThrow(
        () -> new IllegalStateException("The peers need a platform on this machine."));
  }

  private static JsonNode read(Path file) throws IOException {
    return JSON.readTree(Files.readString(file));
  }

  private static String variable(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    if (value.isBlank()) {
      throw new IllegalStateException("Run ./ml bench, or set " + name + ".");
    }
    return value;
  }
}
