package ai.matih.ml.benchmarks.door;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where the platform under test is.
 *
 * @param router the serving router's own address and the door's signing key; absent for a platform
 *     on another machine, of which only the door is measured
 */
record Platform(URI door, String key, Optional<Router> router) {

  /** What a call past the door needs. */
  record Router(URI address, Path signingKey) {}

  /** Reads {@code MATIH_URL}, {@code MATIH_KEY} and, if set, {@code MATIH_PLATFORM}. */
  static Platform of(Map<String, String> environment) throws IOException {
    URI door = URI.create(variable(environment, "MATIH_URL"));
    String key = variable(environment, "MATIH_KEY");
    String state = environment.getOrDefault("MATIH_PLATFORM", "");
    return new Platform(
        door, key, state.isBlank() ? Optional.empty() : Optional.of(router(Path.of(state))));
  }

  /** The state file lies in the platform's home, beside the folder of its keys. */
  private static Router router(Path state) throws IOException {
    JsonNode addresses =
        JsonMapper.builder().build().readTree(Files.readString(state)).path("addresses");
    return new Router(
        URI.create(addresses.path("serving").asString()),
        state.toAbsolutePath().resolveSibling("keys").resolve("ml-api.jwk.json"));
  }

  private static String variable(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    if (value.isBlank()) {
      throw new IllegalStateException("Run ./ml bench door, or set " + name + ".");
    }
    return value;
  }
}
