package ai.matih.ml.serving.engine.triton;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The protocol's calls, with the extension {@code model_repository}. */
final class ServerOverRest implements InferenceServer {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int REASON_KEPT = 300;

  private final RestClient quick;
  private final RestClient loading;

  ServerOverRest(EngineClients clients, TritonSettings settings) {
    this.quick = client(clients, settings, Duration.ofSeconds(5));
    this.loading = client(clients, settings, settings.loading());
  }

  private static RestClient client(
      EngineClients clients, TritonSettings settings, Duration patience) {
    return clients.create(
        TritonEngine.NAME.value(),
        settings.url(),
        new EngineSettings(Duration.ofSeconds(2), patience, 8));
  }

  record ServerMetadata(@Nullable List<String> extensions) {}

  @Override
  public boolean isReady(String model) {
    try {
      quick.get().uri("/v2/models/{model}/ready", model).retrieve().toBodilessEntity();
      return true;
    } catch (EngineFailure.Refused notReady) {
      return false;
    }
  }

  @Override
  public boolean hasRepository() {
    ServerMetadata server = quick.get().uri("/v2").retrieve().body(ServerMetadata.class);
    return server != null
        && server.extensions() != null
        && server.extensions().contains("model_repository");
  }

  @Override
  public void load(String model, Map<String, Object> config, Map<String, byte[]> files) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("config", JSON.writeValueAsString(config));
    files.forEach(
        (path, content) ->
            parameters.put("file:" + path, Base64.getEncoder().encodeToString(content)));
    try {
      loading
          .post()
          .uri("/v2/repository/models/{model}/load", model)
          .contentType(MediaType.APPLICATION_JSON)
          .body(Map.of("parameters", parameters))
          .retrieve()
          .toBodilessEntity();
    } catch (EngineFailure.Refused e) {
      throw new LoadingFailed(reason(e.body()));
    } catch (EngineFailure.Misbehaved e) {
      throw new LoadingFailed(reason(e.body()));
    }
  }

  @Override
  public void unload(String model) {
    quick
        .post()
        .uri("/v2/repository/models/{model}/unload", model)
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of())
        .retrieve()
        .toBodilessEntity();
  }

  /** Of what the server says the first line; a Python traceback follows it. */
  private static String reason(String body) {
    String said = body;
    try {
      said = JSON.readTree(body).path("error").asString(body);
    } catch (JacksonException e) {
      // It is told as it came.
    }
    String line = said.lines().findFirst().orElse("no reason given").strip();
    return line.length() > REASON_KEPT ? line.substring(0, REASON_KEPT) + "…" : line;
  }
}
