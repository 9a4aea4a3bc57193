package ai.matih.ml.registry.promotion.mlflow;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.artifact.RunArtifacts;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.ModelId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** MLflow's model registry by REST, in the tenant's workspace. */
@Component
final class MlflowRegistry {

  private static final String BASE = "/api/2.0/mlflow/";
  private static final String MODEL_TAG = "matih.model";
  private static final String WORKSPACE = "X-MLFLOW-WORKSPACE";

  private final RestClient mlflow;
  private final BundleStore bundles;

  MlflowRegistry(EngineClients engines, Addresses addresses, BundleStore bundles) {
    this.bundles = bundles;
    this.mlflow = engines.create("mlflow", addresses.engine("mlflow"), EngineSettings.DEFAULT);
  }

  /**
   * A registered model as MLflow has it.
   *
   * @param claimed whether it carries our tag, by which it is found again after a rename
   */
  record MirroredModel(String description, Map<String, String> aliases, boolean claimed) {
    MirroredModel {
      aliases = Map.copyOf(aliases);
    }
  }

  /**
   * A version as MLflow has it.
   *
   * @param number MLflow's own
   * @param run empty when it is of none
   * @param stage MLflow's own, which nothing here goes by
   */
  record MirroredVersion(String number, String run, String stage, Map<String, String> tags) {
    MirroredVersion {
      tags = Map.copyOf(tags);
    }
  }

  private record ModelAnswer(WireModel registeredModel) {}

  private record ModelsAnswer(@Nullable List<WireModel> registeredModels) {}

  private record WireModel(
      @Nullable String name,
      @Nullable String description,
      @Nullable List<WireAlias> aliases,
      @Nullable List<WireTag> tags) {}

  private record WireAlias(String alias, String version) {}

  private record VersionAnswer(WireVersion modelVersion) {}

  private record VersionsAnswer(
      @Nullable List<WireVersion> modelVersions, @Nullable String nextPageToken) {}

  private record WireVersion(
      String version,
      @Nullable String runId,
      @Nullable String currentStage,
      @Nullable List<WireTag> tags) {}

  private record WireTag(String key, @Nullable String value) {}

  private record RunAnswer(WireRun run) {}

  private record WireRun(WireInfo info) {}

  private record WireInfo(String artifactUri) {}

  /** Empty when MLflow has no model of this name. */
  Optional<MirroredModel> find(ModelId model) {
    ModelAnswer answer;
    try {
      answer =
          present(
              mlflow
                  .get()
                  .uri(BASE + "registered-models/get?name={name}", model.slug())
                  .header(WORKSPACE, workspace())
                  .retrieve()
                  .body(ModelAnswer.class));
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404) {
        return Optional.empty();
      }
      throw refused;
    }
    WireModel wire = answer.registeredModel();
    Map<String, String> aliases = new HashMap<>();
    if (wire.aliases() != null) {
      wire.aliases().forEach(alias -> aliases.put(alias.alias(), alias.version()));
    }
    return Optional.of(
        new MirroredModel(
            Objects.requireNonNullElse(wire.description(), ""),
            aliases,
            model.slug().equals(tags(wire.tags()).get(MODEL_TAG))));
  }

  /** Makes the model; that it is there already is the same. */
  void createModel(ModelId model, String description) {
    try {
      post(
          "registered-models/create",
          Map.of(
              "name",
              model.slug(),
              "description",
              description,
              "tags",
              List.of(
                  Map.of("key", "matih.managed", "value", "true"),
                  Map.of("key", MODEL_TAG, "value", model.slug()))));
    } catch (EngineFailure.Refused refused) {
      if (!refused.body().contains("RESOURCE_ALREADY_EXISTS")) {
        throw refused;
      }
    }
  }

  /** The name under which a model of ours hides that is not there under its own. */
  Optional<String> renamed(ModelId model) {
    ModelsAnswer answer =
        present(
            mlflow
                .get()
                .uri(
                    BASE + "registered-models/search?filter={filter}&max_results=2",
                    "tags.`%s` = '%s'".formatted(MODEL_TAG, model.slug()))
                .header(WORKSPACE, workspace())
                .retrieve()
                .body(ModelsAnswer.class));
    return answer.registeredModels() == null
        ? Optional.empty()
        : answer.registeredModels().stream().map(WireModel::name).findFirst();
  }

  void rename(String name, ModelId to) {
    post("registered-models/rename", Map.of("name", name, "new_name", to.slug()));
  }

  void describe(ModelId model, String description) {
    send(
        HttpMethod.PATCH,
        "registered-models/update",
        Map.of("name", model.slug(), "description", description));
  }

  /** Tags a model as ours. */
  void claim(ModelId model) {
    post(
        "registered-models/set-tag",
        Map.of("name", model.slug(), "key", MODEL_TAG, "value", model.slug()));
  }

  void deleteModel(ModelId model) {
    absentIsFine(
        () -> send(HttpMethod.DELETE, "registered-models/delete", Map.of("name", model.slug())));
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
    return new MirroredVersion(
        wire.version(),
        Objects.requireNonNullElse(wire.runId(), ""),
        Objects.requireNonNullElse(wire.currentStage(), "None"),
        tags(wire.tags()));
  }

  private static Map<String, String> tags(@Nullable List<WireTag> wire) {
    Map<String, String> tags = new HashMap<>();
    if (wire != null) {
      wire.forEach(tag -> tags.put(tag.key(), Objects.requireNonNullElse(tag.value(), "")));
    }
    return tags;
  }

  /** Of the version's run, or of none when somebody deleted the run for good. */
  MirroredVersion create(ModelId model, RunId run, Digest digest, Map<String, String> tags) {
    Map<String, Object> body = new HashMap<>();
    body.put("name", model.slug());
    Optional<String> artifacts = artifacts(run);
    artifacts.ifPresent(_ -> body.put("run_id", run.value()));
    body.put(
        "source",
        artifacts.map(uri -> uri + "/" + RunArtifacts.MODEL).orElseGet(() -> bundles.uri(digest)));
    body.put(
        "tags",
        tags.entrySet().stream()
            .map(tag -> Map.of("key", tag.getKey(), "value", tag.getValue()))
            .toList());
    return mirrored(
        present(
                mlflow
                    .post()
                    .uri(BASE + "model-versions/create")
                    .header(WORKSPACE, workspace())
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(body)
                    .retrieve()
                    .body(VersionAnswer.class))
            .modelVersion());
  }

  private Optional<String> artifacts(RunId run) {
    try {
      return Optional.of(
          present(
                  mlflow
                      .get()
                      .uri(BASE + "runs/get?run_id={run}", run.value())
                      .header(WORKSPACE, workspace())
                      .retrieve()
                      .body(RunAnswer.class))
              .run()
              .info()
              .artifactUri());
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  void tag(ModelId model, String version, String key, String value) {
    post(
        "model-versions/set-tag",
        Map.of("name", model.slug(), "version", version, "key", key, "value", value));
  }

  void delete(ModelId model, String version) {
    absentIsFine(
        () ->
            send(
                HttpMethod.DELETE,
                "model-versions/delete",
                Map.of("name", model.slug(), "version", version)));
  }

  void clearStage(ModelId model, String version) {
    post(
        "model-versions/transition-stage",
        Map.of(
            "name",
            model.slug(),
            "version",
            version,
            "stage",
            "None",
            "archive_existing_versions",
            false));
  }

  private static void absentIsFine(Runnable deletion) {
    try {
      deletion.run();
    } catch (EngineFailure.Refused refused) {
      if (refused.status() != 404) {
        throw refused;
      }
    }
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
