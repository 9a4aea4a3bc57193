package ai.matih.ml.training.cluster.kuberay;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * So much of Kubernetes' API as the adapter uses, over HTTP: names that are taken, preconditions,
 * merge patches, label selectors, pages, 401 without the token. It keeps the contract test that a
 * real API server keeps. Tests say which call goes wrong, and how.
 */
final class FakeKubernetes implements AutoCloseable {

  static final String TOKEN = "token-of-the-orchestrator";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern COLLECTION =
      Pattern.compile("(/api/v1|/apis/ray\\.io/v1)(?:/namespaces/([^/]+))?/([a-z]+)");
  private static final Pattern OBJECT =
      Pattern.compile(
          "((?:/api/v1|/apis/ray\\.io/v1)/namespaces/([^/]+)/([a-z]+))/([^/]+)(/status|/log)?");
  private static final int PAGE = 2;

  /** What becomes of a call. */
  enum Fate {
    /** It is done, and the answer gets lost. */
    REPLY_LOST,
    /** It gets lost, and so no answer comes. */
    REQUEST_LOST,
    /** It is done, but the answer takes longer than anybody waits. */
    SLOW
  }

  private record Wrong(String call, int status, String body, @Nullable Fate fate) {}

  private final HttpServer server;
  private final Map<String, ObjectNode> objects = new TreeMap<>();
  private final Map<String, String> logs = new HashMap<>();
  private final Set<String> namespaces;
  private final Deque<Wrong> wrongs = new ArrayDeque<>();
  private final List<String> calls = new ArrayList<>();
  private boolean open;
  private long version = 1;

  FakeKubernetes(String... namespaces) {
    this.namespaces = Set.of(namespaces);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** A kubeconfig that leads here. */
  Path kubeconfig(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: u, user: {token: %s}}]
        """
            .formatted(server.getAddress().getPort(), TOKEN));
  }

  /** The next call whose method and path contain this is answered so and not done. */
  synchronized void refuse(String call, int status, String message) {
    wrongs.add(new Wrong(call, status, status(status, message), null));
  }

  synchronized void next(String call, Fate fate) {
    wrongs.add(new Wrong(call, 0, "", fate));
  }

  synchronized void open(boolean isOpen) {
    open = isOpen;
  }

  /** Calls so far, as {@code POST rayjobs}. */
  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  synchronized List<ObjectNode> all(String kind) {
    return objects.entrySet().stream()
        .filter(object -> object.getKey().contains("/" + kind + "/"))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Changes an object behind the adapter's back. */
  synchronized void change(String kind, String name, java.util.function.Consumer<ObjectNode> how) {
    ObjectNode object =
        objects.entrySet().stream()
            .filter(entry -> entry.getKey().endsWith("/" + kind + "/" + name))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow();
    how.accept(object);
    touch(object);
  }

  synchronized void podLog(String namespace, String job, String text) {
    ObjectNode pod = JSON.createObjectNode();
    pod.putObject("metadata")
        .put("name", job + "-x1")
        .put("namespace", namespace)
        .putObject("labels")
        .put("job-name", job);
    objects.put("/api/v1/namespaces/" + namespace + "/pods/" + job + "-x1", pod);
    logs.put(job + "-x1", text);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String path = exchange.getRequestURI().getPath();
      String call = exchange.getRequestMethod() + " " + path;
      Wrong wrong = wrong(call);
      if (wrong != null && wrong.fate() == null) {
        send(exchange, new Answer(wrong.status(), wrong.body()));
        return;
      }
      if (wrong != null && wrong.fate() == Fate.REQUEST_LOST) {
        return;
      }
      Answer answer =
          answer(
              exchange.getRequestMethod(),
              path,
              query(exchange.getRequestURI().getRawQuery()),
              body,
              exchange.getRequestHeaders().getFirst("Authorization"));
      if (wrong != null) {
        if (wrong.fate() == Fate.SLOW) {
          awaitImpatience(exchange);
        }
        return;
      }
      send(exchange, answer);
    }
  }

  /** The caller closes when it has waited long enough; writing then fails. */
  private static void awaitImpatience(HttpExchange exchange) {
    try {
      exchange.sendResponseHeaders(200, 0);
      while (true) {
        exchange.getResponseBody().write(' ');
        exchange.getResponseBody().flush();
        Thread.sleep(20);
      }
    } catch (IOException e) {
      // Closed: that is what was waited for.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Wrong wrong(String call) {
    Wrong next = wrongs.peek();
    if (next != null && matches(call, next.call())) {
      return wrongs.poll();
    }
    return null;
  }

  /** {@code POST rayjobs} stands for a method and a part of the path. */
  private static boolean matches(String call, String wanted) {
    String[] parts = wanted.split(" ", 2);
    return call.startsWith(parts[0] + " ") && call.contains(parts[1]);
  }

  private record Answer(int status, String body) {}

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static Map<String, String> query(@Nullable String raw) {
    return raw == null
        ? Map.of()
        : Arrays.stream(raw.split("&"))
            .map(part -> part.split("=", 2))
            .collect(
                Collectors.toMap(
                    part -> part[0], part -> URLDecoder.decode(part[1], StandardCharsets.UTF_8)));
  }

  private synchronized Answer answer(
      String method,
      String path,
      Map<String, String> query,
      String body,
      @Nullable String authorization) {
    if (!open && !("Bearer " + TOKEN).equals(authorization)) {
      return refusal(401, "Unauthorized");
    }
    if (path.startsWith("/api/v1/namespaces/") && path.split("/", -1).length == 5) {
      return new Answer(200, "{\"metadata\":{\"name\":\"n\",\"uid\":\"" + path.hashCode() + "\"}}");
    }
    if (path.equals("/api/v1/nodes")) {
      return new Answer(200, NODES);
    }
    Matcher collection = COLLECTION.matcher(path);
    if (collection.matches()) {
      calls.add(method + " " + collection.group(3));
      return method.equals("POST")
          ? create(path, collection.group(2), body)
          : list(collection.group(1), collection.group(2), collection.group(3), query);
    }
    Matcher object = OBJECT.matcher(path);
    if (object.matches()) {
      calls.add(method + " " + object.group(3));
      return one(method, object, body);
    }
    return new Answer(404, "404 page not found\n");
  }

  private Answer create(String path, String namespace, String body) {
    if (!namespaces.contains(namespace)) {
      return refusal(404, "namespaces \\\"" + namespace + "\\\" not found");
    }
    ObjectNode object = (ObjectNode) JSON.readTree(body);
    String key = path + "/" + object.path("metadata").path("name").asString();
    if (objects.containsKey(key)) {
      return refusal(409, "already exists");
    }
    ((ObjectNode) object.path("metadata"))
        .put("namespace", namespace)
        .put("uid", UUID.randomUUID().toString())
        .put("creationTimestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    touch(object);
    objects.put(key, object);
    return new Answer(201, object.toString());
  }

  private void touch(ObjectNode object) {
    ((ObjectNode) object.path("metadata")).put("resourceVersion", Long.toString(version++));
  }

  private Answer list(
      String group, @Nullable String namespace, String kind, Map<String, String> query) {
    List<ObjectNode> found =
        objects.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(group + "/"))
            .filter(entry -> entry.getKey().contains("/" + kind + "/"))
            .filter(
                entry ->
                    namespace == null || entry.getKey().contains("/namespaces/" + namespace + "/"))
            .map(Map.Entry::getValue)
            .filter(object -> selects(query.getOrDefault("labelSelector", ""), object))
            .toList();
    int from = Integer.parseInt(query.getOrDefault("continue", "0"));
    // Pages are as small as they can be, whatever was asked for.
    int to = query.containsKey("limit") ? Math.min(found.size(), from + PAGE) : found.size();
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode items = answer.putArray("items");
    found.subList(from, to).forEach(items::add);
    answer.putObject("metadata").put("continue", to < found.size() ? Integer.toString(to) : "");
    return new Answer(200, answer.toString());
  }

  private static boolean selects(String selector, ObjectNode object) {
    JsonNode labels = object.path("metadata").path("labels");
    return Arrays.stream(selector.split(","))
        .filter(term -> !term.isEmpty())
        .map(term -> term.split("=", 2))
        .allMatch(
            term ->
                term.length == 1
                    ? labels.has(term[0])
                    : labels.path(term[0]).asString("").equals(term[1]));
  }

  private Answer one(String method, Matcher path, String body) {
    String key = path.group(1) + "/" + path.group(4);
    ObjectNode object = objects.get(key);
    if (object == null) {
      return refusal(404, path.group(3) + " \\\"" + path.group(4) + "\\\" not found");
    }
    if ("/log".equals(path.group(5))) {
      return new Answer(200, logs.getOrDefault(path.group(4), ""));
    }
    switch (method) {
      case "GET" -> {}
      case "PATCH" -> {
        merge(object, (ObjectNode) JSON.readTree(body));
        touch(object);
      }
      case "DELETE" -> {
        JsonNode wanted = JSON.readTree(body).path("preconditions");
        JsonNode metadata = object.path("metadata");
        if (!wanted.path("uid").asString("").equals(metadata.path("uid").asString())
            || !wanted
                .path("resourceVersion")
                .asString("")
                .equals(metadata.path("resourceVersion").asString())) {
          return refusal(409, "the object has been modified");
        }
        String uid = metadata.path("uid").asString();
        objects.remove(key);
        // What it owned goes with it.
        objects
            .values()
            .removeIf(
                owned ->
                    owned
                        .path("metadata")
                        .path("ownerReferences")
                        .path(0)
                        .path("uid")
                        .asString("")
                        .equals(uid));
      }
      default -> {
        return refusal(405, "method not allowed");
      }
    }
    return new Answer(200, object.toString());
  }

  private static void merge(ObjectNode into, ObjectNode patch) {
    patch
        .properties()
        .forEach(
            field -> {
              if (field.getValue() instanceof ObjectNode change
                  && into.path(field.getKey()) instanceof ObjectNode part) {
                merge(part, change);
              } else {
                into.set(field.getKey(), field.getValue());
              }
            });
  }

  private static Answer refusal(int status, String message) {
    return new Answer(status, status(status, message));
  }

  private static String status(int status, String message) {
    return "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":%d,\"message\":\"%s\"}"
        .formatted(status, message);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static final String NODES =
      """
      {"items":[
        {"metadata":{"name":"a"},"status":{"allocatable":{"cpu":"3500m","memory":"8Gi"},"conditions":[{"type":"Ready","status":"True"}]}},
        {"metadata":{"name":"g","labels":{"nvidia.com/gpu.product":"H100"}},"spec":{"taints":[{"key":"nvidia.com/gpu","effect":"NoSchedule"}]},
         "status":{"allocatable":{"cpu":"8","memory":"64Gi","nvidia.com/gpu":"4"},"conditions":[{"type":"Ready","status":"True"}]}},
        {"metadata":{"name":"cordoned"},"spec":{"unschedulable":true},"status":{"allocatable":{"cpu":"99"},"conditions":[{"type":"Ready","status":"True"}]}},
        {"metadata":{"name":"control"},"spec":{"taints":[{"key":"node-role.kubernetes.io/control-plane","effect":"NoSchedule"}]},"status":{"allocatable":{"cpu":"99"},"conditions":[{"type":"Ready","status":"True"}]}},
        {"metadata":{"name":"broken"},"status":{"allocatable":{"cpu":"99"},"conditions":[{"type":"Ready","status":"False"}]}}]}
      """;
}
