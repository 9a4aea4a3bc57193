package ai.matih.ml.common.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands for another service: gives prepared answers and remembers what it was asked. Calls and
 * answers are held to that service's contract; closing it fails when one was not of it.
 */
public final class StubService implements AutoCloseable {

  private record Prepared(String ending, int status, String body, boolean ofTheContract) {}

  private final ServiceContract contract;
  private final HttpServer server;
  private final List<Prepared> prepared = new CopyOnWriteArrayList<>();
  private final List<AssertionError> faults = new CopyOnWriteArrayList<>();
  private volatile String request = "";
  private volatile String body = "";
  private volatile Map<String, String> headers = Map.of();

  /**
   * Starts it on a free port.
   *
   * @param service whose checked-in OpenAPI file counts, for example {@code serving-router}
   */
  public StubService(String service) {
    contract = ServiceContract.of(service);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    URI target = exchange.getRequestURI();
    String method = exchange.getRequestMethod();
    request = method + " " + target;
    body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> seen = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    exchange.getRequestHeaders().forEach((name, values) -> seen.put(name, values.getFirst()));
    headers = seen;
    Prepared answer = answerTo(method, target);
    try {
      contract.requireCall(method, target, body);
      if (answer.ofTheContract()) {
        contract.requireAnswer(method, target, answer.status(), answer.body());
      }
    } catch (AssertionError e) {
      faults.add(e);
    }
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private Prepared answerTo(String method, URI target) {
    String call = method + " " + target.getPath();
    return prepared.reversed().stream()
        .filter(
            answer ->
                (answer.ending().contains("?") ? call + "?" + target.getQuery() : call)
                    .endsWith(answer.ending()))
        .findFirst()
        .orElseGet(() -> new Prepared("", 500, "{}", false));
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers every call so from now on. */
  public void answer(int status, String body) {
    answer("", status, body);
  }

  /**
   * Answers some calls so.
   *
   * @param ending of method and path, for example {@code /traffic} or {@code GET
   *     /api/v1/ml/models}; of the query, too, when it has one
   */
  public void answer(String ending, int status, String body) {
    prepared.add(new Prepared(ending, status, body, true));
  }

  /** Answers what the real service never would: a later release, or a broken one. */
  public void answerAgainstContract(int status, String body) {
    prepared.add(new Prepared("", status, body, false));
  }

  /** The last call: method, path and query. */
  public String request() {
    return request;
  }

  public String body() {
    return body;
  }

  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  @Override
  public void close() {
    server.stop(0);
    if (!faults.isEmpty()) {
      AssertionError first = faults.removeFirst();
      faults.forEach(first::addSuppressed);
      faults.clear();
      throw first;
    }
  }
}
