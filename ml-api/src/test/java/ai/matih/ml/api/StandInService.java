package ai.matih.ml.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A service behind the door that answers what it received, and behaves badly where a path asks it
 * to.
 */
public final class StandInService {

  /** What arrived with the last request. */
  public record Received(
      String method,
      String target,
      Map<String, List<String>> headers,
      long bodyBytes,
      String body) {
    public String header(String name) {
      return headers.entrySet().stream()
          .filter(e -> e.getKey().equalsIgnoreCase(name))
          .map(e -> String.join(",", e.getValue()))
          .findFirst()
          .orElse("");
    }
  }

  private final HttpServer server;
  private final AtomicReference<Received> last = new AtomicReference<>();
  private volatile CountDownLatch secondEvent = new CountDownLatch(1);

  StandInService() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("stand-in-", 0).factory()));
    server.createContext("/", this::answer);
    server.start();
  }

  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public Received last() {
    return Objects.requireNonNull(last.get(), "nothing arrived");
  }

  /** Lets the stream of events go on to its second event. */
  public void releaseSecondEvent() {
    secondEvent.countDown();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.endsWith("/silent")) {
      return;
    }
    if (path.endsWith("/breaks-off")) {
      exchange.close();
      return;
    }
    if (path.endsWith("/refuses-early")) {
      // Answers without reading the body.
      byte[] refusal = "no".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Connection", "close");
      exchange.sendResponseHeaders(413, refusal.length);
      exchange.getResponseBody().write(refusal);
      exchange.getResponseBody().flush();
      exchange.close();
      return;
    }
    remember(exchange);
    if (path.endsWith("/events")) {
      events(exchange);
    } else if (path.endsWith("/large")) {
      large(exchange);
    } else if (path.endsWith("/teapot")) {
      exchange.getResponseHeaders().add("Set-Cookie", "a=b");
      exchange.getResponseHeaders().add("ETag", "\"7\"");
      exchange.getResponseHeaders().add("Content-Type", "application/problem+json");
      byte[] body = "{\"code\":\"Training:Teapot\"}".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(418, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    } else if (path.endsWith("/nothing")) {
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
    } else {
      byte[] body = "{\"fine\":true}".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }
  }

  private void remember(HttpExchange exchange) throws IOException {
    long count = 0;
    StringBuilder start = new StringBuilder();
    try (InputStream in = exchange.getRequestBody()) {
      byte[] buffer = new byte[64 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (count < 1000) {
          start.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
        count += n;
      }
    }
    last.set(
        new Received(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            new LinkedHashMap<>(exchange.getRequestHeaders()),
            count,
            start.toString()));
  }

  private void events(HttpExchange exchange) throws IOException {
    secondEvent = new CountDownLatch(1);
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write("data: one\n\n".getBytes(StandardCharsets.UTF_8));
      out.flush();
      secondEvent.await();
      out.write("data: two\n\n".getBytes(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void large(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 32L * 1024 * 1024);
    try (OutputStream out = exchange.getResponseBody()) {
      byte[] part = new byte[64 * 1024];
      for (int i = 0; i < 512; i++) {
        out.write(part);
      }
    }
  }
}
