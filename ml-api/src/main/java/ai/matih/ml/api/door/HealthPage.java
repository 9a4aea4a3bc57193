package ai.matih.ml.api.door;

import ai.matih.ml.common.http.Addresses;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who is there: {@code /health} names each service and each engine that the door was told of.
 *
 * <p>The answer is 200 as long as the door works; {@code status} says {@code degraded} when
 * somebody behind it is away. It is looked up at most every two seconds, whoever asks.
 */
final class HealthPage {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final long FRESH_NANOS = Duration.ofSeconds(2).toNanos();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Addresses addresses;
  private final Map<String, String> watchedEngines;
  private final DataSource database;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final ReentrantLock looking = new ReentrantLock();
  private byte[] page = new byte[0];
  private long lookedAt;

  HealthPage(Addresses addresses, Map<String, String> watchedEngines, DataSource database) {
    this.addresses = addresses;
    this.watchedEngines = watchedEngines;
    this.database = database;
  }

  /** True when the path was the page's. */
  boolean answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (!request.getRequestURI().equals("/health") || !request.getMethod().equals("GET")) {
      return false;
    }
    byte[] body = current();
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    return true;
  }

  private byte[] current() {
    looking.lock();
    try {
      if (page.length == 0 || System.nanoTime() - lookedAt > FRESH_NANOS) {
        page = look();
        lookedAt = System.nanoTime();
      }
      return page;
    } finally {
      looking.unlock();
    }
  }

  private byte[] look() {
    Map<String, Future<Boolean>> services = new LinkedHashMap<>();
    Map<String, Future<Boolean>> engines = new LinkedHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Destination destination : Destination.SERVICES) {
        // On the service's own port also where management has another one.
        URI ready = URI.create(addresses.service(destination.service())).resolve("/readyz");
        services.put(destination.wire(), threads.submit(() -> status(ready) == 200));
      }
      engines.put("postgresql", threads.submit((Callable<Boolean>) this::databaseAnswers));
      watchedEngines.forEach(
          (name, address) -> {
            if (!address.isEmpty()) {
              engines.put(name, threads.submit(() -> status(URI.create(address)) < 500));
            }
          });
    }
    boolean allUp =
        services.values().stream().allMatch(HealthPage::isUp)
            && engines.values().stream().allMatch(HealthPage::isUp);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("status", allUp ? "up" : "degraded");
    answer.put("services", words(services));
    answer.put("engines", words(engines));
    return JSON.writeValueAsBytes(answer);
  }

  private static Map<String, String> words(Map<String, Future<Boolean>> found) {
    Map<String, String> words = new LinkedHashMap<>();
    found.forEach((name, up) -> words.put(name, isUp(up) ? "up" : "down"));
    return words;
  }

  private static boolean isUp(Future<Boolean> up) {
    try {
      return up.get();
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private int status(URI address) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(address).timeout(PATIENCE).GET().build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private boolean databaseAnswers() throws SQLException {
    try (Connection connection = database.getConnection()) {
      return connection.isValid(1);
    }
  }
}
