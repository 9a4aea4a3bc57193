package ai.matih.ml.features;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.dataplane.DataPlane;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.Feast;
import ai.matih.ml.local.engine.TestEngines;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway on real engines, started once per test JVM, and calls to it. */
final class Gateway {

  static final JsonMapper JSON = JsonMapper.builder().build();
  static final String FEATURES = "/api/v1/ml/features";

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static @Nullable Gateway shared;

  private final TestFeast server;
  private final Database database;
  private final ConfigurableApplicationContext context;

  private Gateway(TestFeast server, Map<String, String> overrides) {
    this.server = server;
    Feast feast = server.feast();
    database = TestEngines.postgres().freshDatabase("features");
    Map<String, String> properties = new HashMap<>(TestTokens.properties("feature-gateway"));
    properties.put("server.port", "0");
    properties.put("matih.data-plane.port", "0");
    properties.put("management.server.port", "");
    properties.put("DATABASE_URL", database.url());
    properties.put("DATABASE_USER", database.user());
    properties.put("DATABASE_PASSWORD", database.password());
    properties.put("FEAST_URL", feast.url().toString());
    properties.put("FEAST_TOKEN", feast().token());
    properties.put("FEAST_DATABASE_URL", feast().database().url());
    properties.put("FEAST_DATABASE_USER", feast().database().user());
    properties.put("FEAST_DATABASE_PASSWORD", feast().database().password());
    properties.putAll(server.readers());
    properties.putAll(overrides);
    context =
        SpringApplication.run(
            FeatureGatewayApplication.class,
            properties.entrySet().stream()
                .map(e -> "--" + e.getKey() + "=" + e.getValue())
                .toArray(String[]::new));
  }

  static synchronized Gateway shared() {
    if (shared == null) {
      shared = with(Map.of());
    }
    return shared;
  }

  /** One with other settings; the caller closes it. */
  static Gateway with(Map<String, String> overrides) {
    return with(TestFeast.onPostgres(), overrides);
  }

  /** One on another Feast server; the caller closes it. */
  static Gateway with(TestFeast server, Map<String, String> overrides) {
    return new Gateway(server, overrides);
  }

  void close() {
    context.close();
  }

  ConfigurableApplicationContext context() {
    return context;
  }

  Feast feast() {
    return server.feast();
  }

  Database database() {
    return database;
  }

  int port() {
    return java.util.Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
        .getPort();
  }

  /** The service's address of a path: what is asked all the time has a listener of its own. */
  URI address(String path) {
    boolean online = path.endsWith("/features/serve") || path.endsWith("/get-online-features");
    return URI.create(
        "http://127.0.0.1:" + (online ? context.getBean(DataPlane.class).port() : port()) + path);
  }

  /** A tenant that no other test uses. */
  static String freshTenant() {
    return "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
  }

  record Answer(int status, JsonNode body, Map<String, String> headers) {
    Answer is(int expected) {
      assertThat(status).as(body.toPrettyString()).isEqualTo(expected);
      return this;
    }

    String code() {
      return body.path("code").asString("");
    }
  }

  Answer get(String tenant, String path) throws Exception {
    return call(tenant, "GET", path, null, Map.of());
  }

  Answer put(String tenant, String path, String body, String... headers) throws Exception {
    return call(tenant, "PUT", path, body, pairs(headers));
  }

  Answer post(String tenant, String path, String body, String... headers) throws Exception {
    return call(tenant, "POST", path, body, pairs(headers));
  }

  Answer call(
      String tenant, String method, String path, @Nullable String body, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .header(
                "Authorization", "Bearer " + TestTokens.user(tenant, "ada", Role.DATA_SCIENTIST));
    if (body != null && !headers.containsKey("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    return answer(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
  }

  /** Asks our Feast server itself. */
  Answer feast(String method, String path, @Nullable String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(feast().url().resolve(path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + feast().token())
            .header("Content-Type", "application/json");
    return answer(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
  }

  private static Answer answer(HttpResponse<String> response) {
    Map<String, String> headers = new HashMap<>();
    response.headers().map().forEach((name, values) -> headers.put(name, String.join(",", values)));
    JsonNode body =
        response.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(response.body());
    return new Answer(response.statusCode(), body, headers);
  }

  private static Map<String, String> pairs(String... headers) {
    Map<String, String> pairs = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      pairs.put(headers[i], headers[i + 1]);
    }
    return pairs;
  }

  /**
   * Runs one of the scripts in {@code src/test/python} with the engines' addresses.
   *
   * @return what it printed
   */
  String script(String name, String... arguments) throws IOException, InterruptedException {
    return python(Path.of("src/test/python", name).toAbsolutePath().toString(), arguments);
  }

  /** Runs Python in the surroundings of the Feast server. */
  String python(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(TestEngines.python().toString()));
    command.addAll(List.of(program.split(" ", -1)));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(feast().store().awsEnvironment());
    builder.environment().put("PGTZ", "UTC");
    builder.environment().put("FEAST_TOKEN", feast().token());
    builder.environment().put("FEAST_DATABASE_URL", feast().database().url());
    builder.environment().put("FEAST_DATABASE_USER", feast().database().user());
    builder.environment().put("FEAST_DATABASE_PASSWORD", feast().database().password());
    builder.environment().put("PYTHONPATH", Path.of("src/main/python").toAbsolutePath().toString());
    builder.environment().putAll(server.writers());
    Process process = builder.start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as("%s%n%s", command, output).isZero();
    return output;
  }

  /** Waits for a condition, polling; fails after a minute. */
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofMinutes(1));
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as(what).isBefore(end);
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  void awaitApplied(String tenant, String path) throws InterruptedException {
    await(
        path + " applied",
        () -> {
          try {
            JsonNode condition = get(tenant, path).is(200).body().path("conditions").path(0);
            assertThat(condition.path("status").asString())
                .as(condition.toString())
                .isNotEqualTo("false");
            return condition.path("status").asString().equals("true");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  JsonNode awaitMaterialized(String tenant, Answer accepted) throws Exception {
    String location = accepted.is(202).headers().get("location");
    assertThat(location).isNotNull();
    await(
        location + " finished",
        () -> {
          try {
            String status = get(tenant, location).is(200).body().path("status").asString();
            return status.equals("succeeded") || status.equals("failed");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    return get(tenant, location).body();
  }
}
