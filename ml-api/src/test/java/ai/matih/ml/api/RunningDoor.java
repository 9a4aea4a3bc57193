package ai.matih.ml.api;

import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole service on real engines, once per test JVM, with stand-ins for the four services behind
 * the door. Tests that must not meet take a tenant of their own.
 */
public final class RunningDoor {

  public static final JsonMapper JSON = JsonMapper.builder().build();
  public static final String BOOTSTRAP_KEY = "mlk_" + UUID.randomUUID().toString().replace("-", "");

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final RunningDoor INSTANCE = new RunningDoor();

  private final StandInService services = new StandInService();
  private final Database database = TestEngines.postgres().freshDatabase("api");
  private final ConfigurableApplicationContext context;

  private RunningDoor() {
    Map<String, String> properties = new LinkedHashMap<>(TestTokens.properties("ml-api"));
    properties.put("server.port", "0");
    properties.put("management.server.port", "");
    properties.put("DATABASE_URL", database.url());
    properties.put("DATABASE_USER", database.user());
    properties.put("DATABASE_PASSWORD", database.password());
    properties.put("MLFLOW_URL", TestEngines.mlflow().url().toString());
    properties.put("BOOTSTRAP_KEY_SHA256", sha256(BOOTSTRAP_KEY));
    properties.put("TRAINING_URL", services.address());
    properties.put("REGISTRY_URL", services.address());
    properties.put("FEATURES_URL", services.address());
    // Nobody listens there: the service that is away.
    properties.put("SERVING_URL", "http://127.0.0.1:9");
    properties.put("PREDICTIONS_URL", "http://127.0.0.1:9");
    properties.put("ONLINE_FEATURES_URL", services.address());
    properties.put("api.door.max-upload", "64MB");
    properties.put("api.door.answer-timeout", "2s");
    context =
        new SpringApplication(MlApi.class)
            .run(
                properties.entrySet().stream()
                    .map(e -> "--" + e.getKey() + "=" + e.getValue())
                    .toArray(String[]::new));
    Runtime.getRuntime().addShutdownHook(new Thread(context::close));
  }

  public static RunningDoor get() {
    return INSTANCE;
  }

  public URI address() {
    return URI.create(
        "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
  }

  public StandInService services() {
    return services;
  }

  public Database database() {
    return database;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** A tenant that no other test uses. */
  public String freshTenant() {
    return "t" + UUID.randomUUID().toString().substring(0, 8);
  }

  /** A key of a tenant, made through the door by the platform's administrator. */
  public String key(String tenant, String role, String principal) {
    Answer made =
        post(
            BOOTSTRAP_KEY,
            "/api/v1/ml/keys",
            Map.of("name", "test", "role", role, "tenant", tenant, "principal", principal));
    if (made.status() != 201) {
      throw new IllegalStateException(made.text());
    }
    return made.json().get("key").asString();
  }

  /** An answer, read whole. */
  public record Answer(HttpResponse<byte[]> response) {
    public int status() {
      return response.statusCode();
    }

    public String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    public JsonNode json() {
      return JSON.readTree(response.body());
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    public String code() {
      return json().path("code").asString("");
    }
  }

  public Answer get(String credential, String path) {
    return send(credential, HttpRequest.newBuilder(address().resolve(path)).GET());
  }

  public Answer delete(String credential, String path) {
    return send(credential, HttpRequest.newBuilder(address().resolve(path)).DELETE());
  }

  public Answer post(String credential, String path, Object body) {
    return json(credential, "POST", path, body);
  }

  public Answer json(String credential, String method, String path, Object body) {
    return send(
        credential,
        HttpRequest.newBuilder(address().resolve(path))
            .header("Content-Type", "application/json")
            .method(
                method,
                HttpRequest.BodyPublishers.ofByteArray(
                    body instanceof String text
                        ? text.getBytes(StandardCharsets.UTF_8)
                        : JSON.writeValueAsBytes(body))));
  }

  public Answer send(String credential, HttpRequest.Builder request) {
    if (!credential.isEmpty()) {
      request.header("Authorization", "Bearer " + credential);
    }
    try {
      return new Answer(
          HTTP.send(
              request.timeout(Duration.ofSeconds(60)).build(),
              HttpResponse.BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
