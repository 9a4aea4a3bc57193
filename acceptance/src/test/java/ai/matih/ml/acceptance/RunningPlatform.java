package ai.matih.ml.acceptance;

import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.local.home.Credentials;
import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.PlatformState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;

/**
 * The platform under test: the one whose state file {@code matih.platform} names, or any other by
 * {@code MATIH_URL} and {@code MATIH_KEY}.
 */
final class RunningPlatform {

  private static final Optional<PlatformState> STATE = state();

  private RunningPlatform() {}

  /** An administrator of the tenant {@code default}. */
  static Door admin() {
    return STATE
        .map(state -> Door.at(state.address("api"), credentials(state).adminKey()))
        .orElseGet(() -> Door.at(URI.create(variable("MATIH_URL")), variable("MATIH_KEY")));
  }

  /** Somebody with a key of a role, in the tenant {@code default}. */
  static Door holding(String role) {
    return admin().as(key("default", role, "user:" + role + "-" + suffix()));
  }

  /** An administrator of a tenant that did not exist before. */
  static Door freshTenant() {
    return admin().as(key("t" + suffix(), "admin", "user:founder"));
  }

  static String key(String tenant, String role, String principal) {
    return admin()
        .post(
            "/keys",
            Map.of("name", "acceptance", "tenant", tenant, "role", role, "principal", principal))
        .expect(201)
        .text("/key");
  }

  static String suffix() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  /** The local platform; journeys that stop processes are skipped against any other. */
  static PlatformState local() {
    Assumptions.assumeTrue(STATE.isPresent(), "needs a platform on this machine");
    return STATE.orElseThrow();
  }

  /** As it is now, not as it was at the start. */
  static PlatformState localNow() {
    return state().orElseThrow();
  }

  /** The folder of the local platform, which {@code ./ml --home} takes. */
  static Path home() {
    return Path.of(local().credentials()).resolveSibling("").toAbsolutePath().normalize();
  }

  /** Where the Python environment with the demo's data is. */
  static Path pythonEnvironment() {
    return STATE
        .map(PlatformState::pythonEnvironment)
        .orElseGet(() -> Path.of(variable("MATIH_PYTHON_ENV")));
  }

  private static Optional<PlatformState> state() {
    String file = System.getProperty("matih.platform", "");
    try {
      return file.isBlank() ? Optional.empty() : PlatformState.read(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Credentials credentials(PlatformState state) {
    try {
      return Json.read(Path.of(state.credentials()), Credentials.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException(
          "No platform to test: run ./ml test, or set MATIH_URL and MATIH_KEY");
    }
    return value;
  }
}
