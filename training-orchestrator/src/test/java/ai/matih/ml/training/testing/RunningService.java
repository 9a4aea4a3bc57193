package ai.matih.ml.training.testing;

import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.training.TrainingOrchestrator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service on a database of its own, real S3, and whatever cluster and neighbours it is given.
 */
public final class RunningService implements AutoCloseable {

  public static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final ConfigurableApplicationContext context;
  private final URI address;

  private RunningService(ConfigurableApplicationContext context) {
    this.context = context;
    this.address =
        URI.create(
            "http://127.0.0.1:"
                + context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  /** Starts it; the overrides are Spring properties. */
  public static RunningService start(Database database, Map<String, String> overrides) {
    return start(database, overrides, Map.of());
  }

  /** Starts it with some ports replaced. */
  public static RunningService start(
      Database database, Map<String, String> overrides, Map<Class<?>, Object> ports) {
    var s3 = TestEngines.s3();
    Map<String, Object> properties = new HashMap<>(TestTokens.properties("training-orchestrator"));
    properties.put("server.port", "0");
    properties.put("management.server.port", "");
    properties.put("DATABASE_URL", database.url());
    properties.put("DATABASE_USER", database.user());
    properties.put("DATABASE_PASSWORD", database.password());
    properties.put("S3_ENDPOINT", s3.endpoint());
    properties.put("S3_ACCESS_KEY", s3.accessKey());
    properties.put("S3_SECRET_KEY", s3.secretKey());
    properties.put("RAY_URL", "http://127.0.0.1:9");
    properties.put("RAY_TOKEN", "none");
    properties.putAll(overrides);
    SpringApplication application = new SpringApplication(TrainingOrchestrator.class);
    application.addInitializers(
        context ->
            ports.forEach(
                (type, port) -> replace((GenericApplicationContext) context, type, port)));
    return new RunningService(
        application.run(
            properties.entrySet().stream()
                .map(e -> "--" + e.getKey() + "=" + e.getValue())
                .toArray(String[]::new)));
  }

  private static <T> void replace(GenericApplicationContext context, Class<T> type, Object port) {
    context.registerBean(
        "replaced" + type.getSimpleName(),
        type,
        () -> type.cast(port),
        definition -> definition.setPrimary(true));
  }

  /** Ends the loops, so that a test makes each look itself. */
  public RunningService withoutLoops() {
    context.getBean("jobLoop", Loop.class).stop();
    context.getBean("registrations", Reconciler.class).stop();
    context.getBean("sweepLoop", Loop.class).stop();
    return this;
  }

  /** The replica itself, for tests that end or kill it. */
  public ConfigurableApplicationContext context() {
    return context;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** An answer with its body as JSON where it is JSON. */
  public record Answer(int status, String text, java.net.http.HttpHeaders headers) {
    public JsonNode json() {
      return JSON.readTree(text);
    }

    public String code() {
      return json().path("code").asString("");
    }

    /** The fields that were refused. */
    public java.util.List<String> fields() {
      return json().path("violations").valueStream().map(v -> v.path("field").asString()).toList();
    }
  }

  public Answer get(String tenant, String path) {
    return send(tenant, "GET", path, null, "application/json", Map.of());
  }

  public Answer post(String tenant, String path, String body, String... headers) {
    Map<String, String> more = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      more.put(headers[i], headers[i + 1]);
    }
    return send(
        tenant,
        "POST",
        path,
        body.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        "application/json",
        more);
  }

  /** A call that only another service of the suite makes. */
  public Answer postAsRegistry(String tenant, String path, String body, String key) {
    return send(
        tenant,
        "POST",
        path,
        body.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        "application/json",
        Map.of(
            "Authorization",
            "Bearer " + TestTokens.service(tenant, "model-registry-gateway"),
            "Idempotency-Key",
            key));
  }

  public Answer put(String tenant, String path, byte[] body, String contentType) {
    return send(tenant, "PUT", path, body, contentType, Map.of());
  }

  public Answer send(
      String tenant,
      String method,
      String path,
      byte @Nullable [] body,
      String contentType,
      Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve(path))
            .header(
                "Authorization", "Bearer " + TestTokens.user(tenant, "alice", Role.DATA_SCIENTIST))
            .header("Content-Type", contentType)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::setHeader);
    try {
      HttpResponse<String> answer =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body(), answer.headers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public URI address() {
    return address;
  }

  @Override
  public void close() {
    context.close();
  }
}
