package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.PlatformState;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints an API key, and nothing else, so that it can be captured: {@code KEY=$(./ml key)}. */
@Command(name = "key", description = "print an API key: the first admin's, or a new one")
final class Key implements Callable<Integer> {

  private final Ml ml;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "viewer|data-scientist|ml-engineer|reviewer|operator|admin|inference")
  private @Nullable String role;

  @Option(names = "--tenant", paramLabel = "T", description = "whose data it opens (default)")
  private @Nullable String tenant;

  @Option(names = "--principal", paramLabel = "NAME", description = "who uses it: user:alice")
  private @Nullable String principal;

  @Option(
      names = "--expires-in",
      paramLabel = "TIME",
      description = "how long it is good for: PT24H")
  private @Nullable Duration expiresIn;

  Key(Ml ml) {
    this.ml = ml;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var fresh = role != null || tenant != null || principal != null || expiresIn != null;
    System.out.println(fresh ? fresh(ml.home()) : admin(ml.home()));
    return 0;
  }

  /** The first admin's key. */
  static String admin(Home home) throws IOException {
    if (!Files.exists(home.adminKey())) {
      throw new Refused("This platform has no keys yet. ./ml up");
    }
    return Files.readString(home.adminKey()).strip();
  }

  /** A new key, made by the running platform. */
  private String fresh(Home home) throws IOException, InterruptedException {
    var state =
        PlatformState.read(home.state())
            .filter(PlatformState::supervised)
            .orElseThrow(() -> new Refused("The platform does not run. ./ml up"));
    var chosen = Objects.requireNonNullElse(role, "admin");
    Map<String, Object> wanted = new LinkedHashMap<>();
    wanted.put("tenant", Objects.requireNonNullElse(tenant, "default"));
    wanted.put("name", "./ml key " + chosen);
    wanted.put("role", chosen);
    wanted.put("principal", Objects.requireNonNullElse(principal, "user:" + chosen));
    if (expiresIn != null) {
      wanted.put("expires_at", Instant.now(Clock.systemUTC()).plus(expiresIn).toString());
    }
    var answer =
        AdminCall.post(home, state, "/api/v1/ml/keys", Json.MAPPER.writeValueAsString(wanted));
    return Json.MAPPER.readTree(answer).path("key").asString();
  }
}
