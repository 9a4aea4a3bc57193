package ai.matih.ml.serving.engine.rayserve;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Ray's dashboard. */
final class RayServeOverRest implements RayServe {

  private static final String ENGINE = "ray";
  private static final String APPLICATIONS = "/api/serve/applications/";
  private static final int MESSAGE_KEPT = 2_000;

  /** The first call starts Serve, which takes many seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final RestClient ray;
  private final RayServeSettings settings;

  RayServeOverRest(EngineClients clients, RayServeSettings settings) {
    this.settings = settings;
    this.ray =
        clients
            .create(ENGINE, settings.url(), new EngineSettings(Duration.ofSeconds(2), PATIENCE, 8))
            .mutate()
            .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + settings.token())
            .build();
  }

  record Answer(@Nullable Map<String, ApplicationAnswer> applications) {}

  record ApplicationAnswer(
      @Nullable String status,
      @Nullable String message,
      @Nullable Map<String, Object> deployedAppConfig,
      @Nullable Map<String, DeploymentAnswer> deployments) {}

  record DeploymentAnswer(
      @Nullable String message,
      @Nullable Integer targetNumReplicas,
      @Nullable List<ReplicaAnswer> replicas) {}

  record ReplicaAnswer(@Nullable String state) {}

  @Override
  public ServeStatus status() {
    Answer answer = ray.get().uri(APPLICATIONS).retrieve().body(Answer.class);
    if (answer == null) {
      throw new EngineFailure.Misbehaved(ENGINE, 200, "an empty answer");
    }
    Map<String, ServeStatus.Application> applications = new LinkedHashMap<>();
    Objects.requireNonNullElse(answer.applications(), Map.<String, ApplicationAnswer>of())
        .forEach((name, application) -> applications.put(name, application(application)));
    return new ServeStatus(applications);
  }

  private static ServeStatus.Application application(ApplicationAnswer answer) {
    StringBuilder message = new StringBuilder(Objects.requireNonNullElse(answer.message(), ""));
    int running = 0;
    int target = 0;
    if (answer.deployments() != null) {
      for (DeploymentAnswer deployment : answer.deployments().values()) {
        // What went wrong in a replica stands here; the application only says which deployment.
        message.append('\n').append(Objects.requireNonNullElse(deployment.message(), ""));
        target += Objects.requireNonNullElse(deployment.targetNumReplicas(), 0);
        running +=
            (int)
                Objects.requireNonNullElse(deployment.replicas(), List.<ReplicaAnswer>of()).stream()
                    .filter(replica -> "RUNNING".equals(replica.state()))
                    .count();
      }
    }
    String text = message.toString().strip();
    return new ServeStatus.Application(
        Objects.requireNonNullElse(answer.status(), "UNKNOWN"),
        text.substring(Math.max(0, text.length() - MESSAGE_KEPT)),
        running,
        target,
        answer.deployedAppConfig());
  }

  @Override
  public void ensurePackage(String name, Supplier<byte[]> content) {
    try {
      ray.get().uri("/api/packages/gcs/{name}", name).retrieve().toBodilessEntity();
      return;
    } catch (EngineFailure.Refused e) {
      if (e.status() != 404) {
        throw e;
      }
    }
    ray.put()
        .uri("/api/packages/gcs/{name}", name)
        .contentType(MediaType.APPLICATION_OCTET_STREAM)
        .body(content.get())
        .retrieve()
        .toBodilessEntity();
  }

  @Override
  public void apply(Collection<Map<String, Object>> applications) {
    URI proxy = settings.predictions();
    ray.put()
        .uri(APPLICATIONS)
        .contentType(MediaType.APPLICATION_JSON)
        .body(
            Map.of(
                "proxy_location",
                settings.proxies(),
                "http_options",
                Map.of(
                    "host",
                    settings.host(),
                    "port",
                    proxy.getPort(),
                    "request_timeout_s",
                    settings.patience().toSeconds()),
                "logging_config",
                Map.of("encoding", "JSON", "enable_access_log", false),
                "applications",
                applications))
        .retrieve()
        .toBodilessEntity();
  }

  @Override
  public void shutDown() {
    ray.delete().uri(APPLICATIONS).retrieve().toBodilessEntity();
  }
}
