package ai.matih.ml.registry.artifact.mlflow;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.artifact.LoggedModelId;
import ai.matih.ml.registry.artifact.LoggedModels;
import ai.matih.ml.registry.artifact.ModelFiles;
import ai.matih.ml.registry.artifact.RunArtifacts;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.artifact.mlflow.MlflowFiles.Entry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Reads logged models by MLflow's REST API, in the tenant's workspace; their files by model and
 * path, never by the address that MLflow keeps.
 */
@Component
final class MlflowLoggedModels implements LoggedModels {

  private static final String WORKSPACE = "X-MLFLOW-WORKSPACE";
  private static final String READY = "LOGGED_MODEL_READY";

  private final RestClient mlflow;

  MlflowLoggedModels(EngineClients engines, Addresses addresses) {
    this.mlflow =
        engines.create(
            MlflowFiles.ENGINE,
            addresses.engine(MlflowFiles.ENGINE),
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofMinutes(2)));
  }

  private record ModelAnswer(WireModel model) {}

  private record WireModel(ModelInfo info) {}

  private record ModelInfo(
      String modelId,
      @Nullable String name,
      String experimentId,
      @Nullable String sourceRunId,
      @Nullable String status) {}

  private record RunAnswer(WireRun run) {}

  private record WireRun(@Nullable Data data, @Nullable Outputs outputs) {}

  private record Data(@Nullable List<Metric> metrics) {}

  private record Metric(@Nullable String key, @Nullable Double value) {}

  private record Outputs(@Nullable List<Output> modelOutputs) {}

  private record Output(String modelId) {}

  private record Listing(@Nullable List<Entry> files) {}

  @Override
  public Optional<LoggedModel> find(LoggedModelId id) {
    try {
      ModelAnswer answer =
          mlflow
              .get()
              .uri("/api/2.0/mlflow/logged-models/{id}", id.value())
              .header(WORKSPACE, workspace())
              .retrieve()
              .body(ModelAnswer.class);
      return Optional.ofNullable(answer).map(found -> model(found.model().info()));
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  private static LoggedModel model(ModelInfo info) {
    return new LoggedModel(
        new LoggedModelId(info.modelId()),
        Objects.requireNonNullElse(info.name(), ""),
        info.experimentId(),
        READY.equals(info.status()),
        Optional.ofNullable(info.sourceRunId()).filter(run -> !run.isEmpty()).map(RunId::new));
  }

  @Override
  public RunOutputs outputs(RunId run) {
    try {
      RunAnswer answer =
          mlflow
              .get()
              .uri("/api/2.0/mlflow/runs/get?run_id={run}", run.value())
              .header(WORKSPACE, workspace())
              .retrieve()
              .body(RunAnswer.class);
      return answer == null ? new RunOutputs(List.of(), Map.of()) : outputs(answer.run());
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404) {
        return new RunOutputs(List.of(), Map.of());
      }
      throw refused;
    }
  }

  private static RunOutputs outputs(WireRun run) {
    Map<String, Double> metrics = new HashMap<>();
    if (run.data() != null && run.data().metrics() != null) {
      for (Metric metric : run.data().metrics()) {
        if (metric.key() != null && metric.value() != null && Double.isFinite(metric.value())) {
          metrics.put(metric.key(), metric.value());
        }
      }
    }
    List<Output> models =
        run.outputs() == null || run.outputs().modelOutputs() == null
            ? List.of()
            : run.outputs().modelOutputs();
    return new RunOutputs(
        models.stream().map(output -> new LoggedModelId(output.modelId())).distinct().toList(),
        metrics);
  }

  @Override
  public ModelFiles files(LoggedModelId id) {
    return new ModelFiles() {
      @Override
      public List<RunArtifacts.File> list(int max) {
        return MlflowFiles.walk("", max, folder -> entries(id, folder));
      }

      @Override
      public <T> T read(String path, RunArtifacts.Reader<T> reader) {
        return MlflowLoggedModels.this.read(id, path, reader);
      }
    };
  }

  private List<Entry> entries(LoggedModelId id, String folder) {
    Listing listing =
        Objects.requireNonNull(
            mlflow
                .get()
                .uri(
                    "/api/2.0/mlflow/logged-models/{id}/artifacts/directories"
                        + (folder.isEmpty() ? "" : "?artifact_directory_path={folder}"),
                    folder.isEmpty()
                        ? new Object[] {id.value()}
                        : new Object[] {id.value(), folder})
                .header(WORKSPACE, workspace())
                .retrieve()
                .body(Listing.class));
    return Objects.requireNonNullElse(listing.files(), List.<Entry>of());
  }

  private <T> T read(LoggedModelId id, String path, RunArtifacts.Reader<T> reader) {
    return MlflowFiles.read(
        mlflow
            .get()
            .uri(
                "/ajax-api/2.0/mlflow/logged-models/{id}/artifacts/files?artifact_file_path={path}",
                id.value(),
                path)
            .header(WORKSPACE, workspace()),
        path,
        reader);
  }

  private static String workspace() {
    return TenantScope.require().slug();
  }
}
