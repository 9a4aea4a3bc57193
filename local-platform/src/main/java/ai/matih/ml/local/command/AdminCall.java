package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.PlatformState;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;

/** A call of the running platform's API as its first admin. */
final class AdminCall {

  private static final int LONGEST_EXCERPT = 500;

  private AdminCall() {}

  static String post(Home home, PlatformState state, String path, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(state.address("api").resolve(path))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + Key.admin(home))
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
