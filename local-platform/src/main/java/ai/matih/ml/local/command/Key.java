package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.PlatformState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Prints an API key, and nothing else, so that it can be captured: {@code KEY=$(./ml key)}. */
final class Key {

  private static final int LONGEST_EXCERPT = 500;

  private final Home home;

  Key(Home home) {
    this.home = home;
  }

  int run(Arguments arguments) throws IOException, InterruptedException {
    System.out.println(
        arguments.options().keySet().stream().allMatch("home"::equals)
            ? admin()
            : fresh(arguments));
    return 0;
  }

  /** The first admin's key. */
  String admin() throws IOException {
    if (!Files.exists(home.adminKey())) {
      throw new Refused("This platform has no keys yet. ./ml up");
    }
    return Files.readString(home.adminKey()).strip();
  }

  /** A new key, made by the running platform. */
  private String fresh(Arguments arguments) throws IOException, InterruptedException {
    var state =
        PlatformState.read(home.state())
            .filter(PlatformState::supervised)
            .orElseThrow(() -> new Refused("The platform does not run. ./ml up"));
    var role = arguments.option("role").orElse("admin");
    Map<String, Object> wanted = new LinkedHashMap<>();
    wanted.put("tenant", arguments.option("tenant").orElse("default"));
    wanted.put("name", "./ml key " + role);
    wanted.put("role", role);
    wanted.put("principal", arguments.option("principal").orElse("user:" + role));
    arguments
        .option("expires-in")
        .ifPresent(
            time ->
                wanted.put(
                    "expires_at", Instant.now(Clock.systemUTC()).plus(duration(time)).toString()));
    var answer =
        post(
            state.address("api").resolve("/api/v1/ml/keys"),
            Json.MAPPER.writeValueAsString(wanted));
    return Json.MAPPER.readTree(answer).path("key").asString();
  }

  static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException _) {
      throw new WrongUsage("--expires-in needs an ISO duration such as PT24H or P30D, not " + text);
    }
  }

  private String post(URI address, String body) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(address)
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + admin())
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(BodyPublishers.ofString(body))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      var answer = client.send(request, BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        var text = answer.body();
        throw new Refused(
            "The platform answered %d: %s"
                .formatted(
                    answer.statusCode(),
                    text.length() > LONGEST_EXCERPT ? text.substring(0, LONGEST_EXCERPT) : text));
      }
      return answer.body();
    }
  }
}
