package ai.matih.ml.api.setup;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Goes through the door as a caller does: everybody must be up, and a prediction must be answered;
 * without a model to ask, the router itself must refuse the one that is not there.
 */
final class Check {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String NO_SUCH_MODEL =
      "{\"model_id\":\"installation-check\",\"features\":{\"x\":1}}";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final URI door;
  private final String key;
  private final Optional<String> prediction;

  Check(Environment environment) {
    this.door = URI.create(environment.get("DOOR_URL"));
    this.key = environment.get("API_KEY").strip();
    this.prediction = environment.find("PREDICTION");
  }

  void run(PrintStream out) throws IOException, InterruptedException {
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build()) {
      everybodyIsUp(http, out);
      somebodyPredicts(http, out);
    }
  }

  private void everybodyIsUp(HttpClient http, PrintStream out)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(http, request("/health").GET().build());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("/health answered " + answer.statusCode());
    }
    JsonNode page = JSON.readTree(answer.body());
    List<String> away = new ArrayList<>();
    for (String group : List.of("services", "engines")) {
      page.path(group)
          .properties()
          .forEach(
              entry -> {
                if (!entry.getValue().asString("").equals("up")) {
                  away.add(entry.getKey());
                }
              });
    }
    if (!away.isEmpty()) {
      throw new IllegalStateException("not up: " + String.join(", ", away));
    }
    out.println("all services and engines are up");
  }

  private void somebodyPredicts(HttpClient http, PrintStream out)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            http,
            request("/api/v1/ml/predict")
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(prediction.orElse(NO_SUCH_MODEL)))
                .build());
    JsonNode body = JSON.readTree(answer.body());
    if (prediction.isPresent()) {
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("the prediction was answered with " + told(answer, body));
      }
      out.println("predicted by version " + body.path("model_version").asString(""));
    } else {
      if (answer.statusCode() != 404
          || !body.path("code").asString("").equals("Serving:ModelNotServed")) {
        throw new IllegalStateException(
            "a model that is not there was answered with " + told(answer, body));
      }
      out.println("the router answers; name a model in test.prediction to try a prediction");
    }
  }

  private static String told(HttpResponse<String> answer, JsonNode body) {
    return answer.statusCode() + " " + body.path("code").asString("");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(door.resolve(path)).timeout(PATIENCE);
  }

  private static HttpResponse<String> send(HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
