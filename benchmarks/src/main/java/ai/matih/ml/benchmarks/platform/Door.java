package ai.matih.ml.benchmarks.platform;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The few calls that prepare what is measured; none of them is measured. */
public final class Door implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String API = "/api/v1/ml";

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final URI address;
  private final String key;

  public Door(URI address, String key) {
    this.address = address;
    this.key = key;
  }

  /** What came back. */
  public record Answer(String call, int status, JsonNode json) {

    public boolean ok() {
      return status / 100 == 2;
    }

    /** The body of a success. */
    public JsonNode orFail() {
      if (!ok()) {
        throw new IllegalStateException("%s answered %d: %s".formatted(call, status, json));
      }
      return json;
    }
  }

  public static byte[] bytes(Object json) {
    return JSON.writeValueAsBytes(json);
  }

  public static String json(Object value) {
    return JSON.writeValueAsString(value);
  }

  public Answer get(String path) throws IOException, InterruptedException {
    return send("GET", path, BodyPublishers.noBody(), "application/json");
  }

  public Answer post(String path, Object json) throws IOException, InterruptedException {
    return send("POST", path, BodyPublishers.ofByteArray(bytes(json)), "application/json");
  }

  Answer putCsv(String path, String csv) throws IOException, InterruptedException {
    return send("PUT", path, BodyPublishers.ofString(csv), "text/csv");
  }

  public Answer put(String path, Object json) throws IOException, InterruptedException {
    return send("PUT", path, BodyPublishers.ofByteArray(bytes(json)), "application/json");
  }

  /** A file. */
  public byte[] bytes(String path) throws IOException, InterruptedException {
    var answer =
        http.send(
            HttpRequest.newBuilder(address.resolve(API + path))
                .timeout(Duration.ofMinutes(2))
                .header("Authorization", "Bearer " + key)
                .build(),
            BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException("GET " + path + " answered " + answer.statusCode());
    }
    return answer.body();
  }

  private Answer send(String method, String path, BodyPublisher body, String contentType)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve(API + path))
            .timeout(Duration.ofMinutes(2))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", contentType)
            .method(method, body);
    if (method.equals("POST")) {
      request.header("Idempotency-Key", UUID.randomUUID().toString());
    }
    var answer = http.send(request.build(), BodyHandlers.ofString());
    return new Answer(
        method + " " + path,
        answer.statusCode(),
        answer.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(answer.body()));
  }

  @Override
  public void close() {
    http.close();
  }
}
