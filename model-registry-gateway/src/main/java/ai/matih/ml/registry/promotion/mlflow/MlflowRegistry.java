package ai.matih.ml.registry.promotion.mlflow;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.artifact.ArtifactSettings;
import ai.matih.ml.registry.artifact.RunArtifacts;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** MLflow's model registry by REST, in the tenant's workspace. */
@Component
final class MlflowRegistry {

  private static final String BASE = "/api/2.0/mlflow/";
  private static final String WORKSPACE = "X-MLFLOW-WORKSPACE";

  private final RestClient mlflow;

  MlflowRegistry(EngineClients engines, ArtifactSettings settings) {
    this.mlflow = engines.create("mlflow", settings.mlflowUrl(), EngineSettings.DEFAULT);
  }

  /**
   * A version as MLflow has it.
   *
   * @param number MLflow's own
   */
  record MirroredVersion(String number, Map<String, String> tags) {
    MirroredVersion {
      tags = Map.copyOf(tags);
    }
  }

  private record ModelAnswer(WireModel registeredModel) {}

  private record WireModel(@Nullable List<WireAlias> aliases) {}

  private record WireAlias(String alias, String version) {}

  private record VersionAnswer(WireVersion modelVersion) {}

  private record VersionsAnswer(
      @Nullable List<WireVersion> modelVersions, @Nullable String nextPageToken) {}

  private record WireVersion(String version, @Nullable List<WireTag> tags) {}

  private record WireTag(String key, @Nullable String value) {}

  private record RunAnswer(WireRun run) {}

  private record WireRun(WireInfo info) {}

  private record WireInfo(String artifactUri) {}

  /** Makes the model unless it is there; says its aliases. */
  Map<String, String> ensureModel(ModelId model, String description) {
    try {
      return aliases(model);
    } catch (EngineFailure.Refused refused) {
      if (refused.status() != 404) {
        throw refused;
      }
    }
    try {
      post(
          "registered-models/create",
          Map.of(
              "name",
              model.slug(),
              "description",
              description,
              "tags",
              List.of(Map.of("key", "matih.managed", "value", "true"))));
    } catch (EngineFailure.Refused refused) {
      if (!refused.body().contains("RESOURCE_ALREADY_EXISTS")) {
        throw refused;
      }
    }
    return aliases(model);
  }

  private Map<String, String> aliases(ModelId model) {
    ModelAnswer answer =
        present(
            mlflow
                .get()
                .uri(BASE + "registered-models/get?name={name}", model.slug())
                .header(WORKSPACE, workspace())
                .retrieve()
                .body(ModelAnswer.class));
    Map<String, String> aliases = new HashMap<>();
    List<WireAlias> wire = answer.registeredModel().aliases();
    if (wire != null) {
      wire.forEach(alias -> aliases.put(alias.alias(), alias.version()));
    }
    return aliases;
  }

  List<MirroredVersion> versions(ModelId model) {
    List<MirroredVersion> found = new ArrayList<>();
    String token = "";
    do {
      VersionsAnswer page =
          present(
              mlflow
                  .get()
                  .uri(
                      BASE
                          + "model-versions/search?filter={filter}&max_results=200&page_token={token}",
                      "name='" + model.slug() + "'",
                      token)
                  .header(WORKSPACE, workspace())
                  .retrieve()
                  .body(VersionsAnswer.class));
      if (page.modelVersions() != null) {
        page.modelVersions().forEach(version -> found.add(mirrored(version)));
      }
      token = Objects.requireNonNullElse(page.nextPageToken(), "");
    } while (!token.isEmpty());
    return found;
  }

  private static MirroredVersion mirrored(WireVersion wire) {
    Map<String, String> tags = new HashMap<>();
    if (wire.tags() != null) {
      wire.tags().forEach(tag -> tags.put(tag.key(), Objects.requireNonNullElse(tag.value(), "")));
    }
    return new MirroredVersion(wire.version(), tags);
  }

  MirroredVersion create(ModelVersion version, Map<String, String> tags) {
    String artifacts =
        present(
                mlflow
                    .get()
                    .uri(BASE + "runs/get?run_id={run}", version.run().value())
                    .header(WORKSPACE, workspace())
                    .retrieve()
                    .body(RunAnswer.class))
            .run()
            .info()
            .artifactUri();
    return mirrored(
        present(
                mlflow
                    .post()
                    .uri(BASE + "model-versions/create")
                    .header(WORKSPACE, workspace())
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(
                        Map.of(
                            "name", version.model().slug(),
                            "source", artifacts + "/" + RunArtifacts.MODEL,
                            "run_id", version.run().value(),
                            "tags",
                                tags.entrySet().stream()
                                    .map(t -> Map.of("key", t.getKey(), "value", t.getValue()))
                                    .toList()))
                    .retrieve()
                    .body(VersionAnswer.class))
            .modelVersion());
  }

  void tag(ModelId model, String version, String key, String value) {
    post(
        "model-versions/set-tag",
        Map.of("name", model.slug(), "version", version, "key", key, "value", value));
  }

  void delete(ModelId model, String version) {
    send(
        HttpMethod.DELETE,
        "model-versions/delete",
        Map.of("name", model.slug(), "version", version));
  }

  void setAlias(ModelId model, String alias, String version) {
    post(
        "registered-models/alias",
        Map.of("name", model.slug(), "alias", alias, "version", version));
  }

  void removeAlias(ModelId model, String alias) {
    send(
        HttpMethod.DELETE, "registered-models/alias", Map.of("name", model.slug(), "alias", alias));
  }

  private void post(String path, Map<String, ?> body) {
    send(HttpMethod.POST, path, body);
  }

  private void send(HttpMethod method, String path, Map<String, ?> body) {
    mlflow
        .method(method)
        .uri(BASE + path)
        .header(WORKSPACE, workspace())
        .contentType(MediaType.APPLICATION_JSON)
        .body(body)
        .retrieve()
        .toBodilessEntity();
  }

  private static <T> T present(@Nullable T body) {
    if (body == null) {
      throw new EngineFailure.Misbehaved("mlflow", 200, "an empty answer");
    }
    return body;
  }

  private static String workspace() {
    return TenantScope.require().slug();
  }
}
