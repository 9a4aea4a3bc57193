package ai.matih.ml.acceptance.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One caller in front of the public door. Immutable; {@link #as} gives another caller. */
public final class Door {

  /** Sees every call with its answer, before the journey goes on. */
  public interface Listener {
    void called(String method, String path, @Nullable Object body, Answer answer);

    Listener SILENT = (_, _, _, _) -> {};
  }

  /** Outside the API, for machines. */
  public static final String HEALTH = "/health";

  /** Outside the API: paths of the Open Inference Protocol begin so. */
  public static final String OPEN_INFERENCE = "/v2/";

  private static final String API = "/api/v1/ml";
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final URI base;
  private final Optional<String> key;
  private final Listener listener;

  private Door(URI base, Optional<String> key, Listener listener) {
    this.base = base;
    this.key = key;
    this.listener = listener;
  }

  public static Door at(URI base, String key) {
    return new Door(base, Optional.of(key), Listener.SILENT);
  }

  /** The same door for the holder of another key. */
  public Door as(String otherKey) {
    return new Door(base, Optional.of(otherKey), listener);
  }

  public Door anonymously() {
    return new Door(base, Optional.empty(), listener);
  }

  public Door telling(Listener other) {
    return new Door(base, key, other);
  }

  public URI base() {
    return base;
  }

  public Answer get(String path) {
    return send("GET", path, null, Map.of());
  }

  public Answer post(String path, Object body) {
    return send("POST", path, body, Map.of("Idempotency-Key", UUID.randomUUID().toString()));
  }

  public Answer post(String path, Object body, String idempotencyKey) {
    return send("POST", path, body, Map.of("Idempotency-Key", idempotencyKey));
  }

  public Answer patch(String path, Object body) {
    return send("PATCH", path, body, Map.of());
  }

  public Answer put(String path, Object body) {
    return send("PUT", path, body, Map.of());
  }

  /**
   * Replaces a revisioned document, of which {@code revision} is the {@code ETag} that was read.
   */
  public Answer put(String path, Object body, String revision) {
    return send("PUT", path, body, Map.of("If-Match", revision));
  }

  public Answer delete(String path) {
    return send("DELETE", path, null, Map.of());
  }

  /** Sends a JSON value, or a text as it stands. */
  public Answer send(
      String method, String path, @Nullable Object body, Map<String, String> headers) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    HttpRequest.BodyPublisher publisher = HttpRequest.BodyPublishers.noBody();
    if (body != null) {
      all.putIfAbsent("Content-Type", "application/json");
      publisher =
          HttpRequest.BodyPublishers.ofString(
              body instanceof String text ? text : Answer.JSON.writeValueAsString(body));
    }
    Answer answer = exchange(method, path, publisher, all);
    listener.called(method, full(path), body, answer);
    return answer;
  }

  /** Streams a file-like body. */
  public Answer upload(
      String path, String contentType, Supplier<InputStream> content, String described) {
    Answer answer =
        exchange(
            "PUT",
            path,
            HttpRequest.BodyPublishers.ofInputStream(content),
            Map.of("Content-Type", contentType));
    listener.called("PUT", API + path, described, answer);
    return answer;
  }

  private static String full(String path) {
    return path.equals(HEALTH) || path.startsWith(OPEN_INFERENCE) ? path : API + path;
  }

  private Answer exchange(
      String method, String path, HttpRequest.BodyPublisher body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(full(path)))
            .timeout(Duration.ofMinutes(3))
            .method(method, body);
    headers.forEach(request::header);
    key.ifPresent(k -> request.header("Authorization", "Bearer " + k));
    try {
      HttpResponse<String> response =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          method + " " + path, response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + base.resolve(path) + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
