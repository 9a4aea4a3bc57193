package ai.matih.ml.registry.artifact.mlflow;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.artifact.RunArtifacts;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.artifact.mlflow.MlflowFiles.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Reads runs by MLflow's REST API, in the tenant's workspace.
 *
 * <p>Files are asked for by run and path; the address that MLflow keeps for a run is never
 * followed.
 */
@Component
final class MlflowRuns implements RunArtifacts {

  private static final String WORKSPACE = "X-MLFLOW-WORKSPACE";

  private final RestClient mlflow;

  MlflowRuns(EngineClients engines, Addresses addresses) {
    this.mlflow =
        engines.create(
            MlflowFiles.ENGINE,
            addresses.engine(MlflowFiles.ENGINE),
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofMinutes(2)));
  }

  private record RunAnswer(WireRun run) {}

  private record WireRun(RunInfo info, @Nullable Data data) {}

  private record RunInfo(String runId, String experimentId, String status, String lifecycleStage) {}

  private record Data(@Nullable List<Tag> tags) {}

  private record Tag(String key, @Nullable String value) {}

  private record Listing(@Nullable List<Entry> files, @Nullable String nextPageToken) {}

  @Override
  public Optional<Run> find(RunId run) {
    try {
      RunAnswer answer =
          mlflow
              .get()
              .uri("/api/2.0/mlflow/runs/get?run_id={run}", run.value())
              .header(WORKSPACE, workspace())
              .retrieve()
              .body(RunAnswer.class);
      return Optional.ofNullable(answer)
          .map(RunAnswer::run)
          .filter(found -> found.info().lifecycleStage().equals("active"))
          .map(MlflowRuns::run);
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  private static Run run(WireRun wire) {
    Map<String, String> tags = new HashMap<>();
    if (wire.data() != null && wire.data().tags() != null) {
      wire.data()
          .tags()
          .forEach(tag -> tags.put(tag.key(), Objects.requireNonNullElse(tag.value(), "")));
    }
    RunInfo info = wire.info();
    return new Run(
        new RunId(info.runId()),
        info.experimentId(),
        info.status().equals("FINISHED"),
        info.status(),
        tags);
  }

  @Override
  public List<File> list(RunId run, int max) {
    return MlflowFiles.walk(MODEL, max, folder -> entries(run, folder)).stream()
        .filter(file -> file.path().startsWith(MODEL + "/"))
        .map(file -> new File(file.path().substring(MODEL.length() + 1), file.sizeBytes()))
        .toList();
  }

  private List<Entry> entries(RunId run, String folder) {
    List<Entry> entries = new ArrayList<>();
    String token = "";
    do {
      Listing page =
          Objects.requireNonNull(
              mlflow
                  .get()
                  .uri(
                      "/api/2.0/mlflow/artifacts/list?run_id={run}&path={folder}&page_token={token}",
                      run.value(),
                      folder,
                      token)
                  .header(WORKSPACE, workspace())
                  .retrieve()
                  .body(Listing.class));
      if (page.files() != null) {
        entries.addAll(page.files());
      }
      token = Objects.requireNonNullElse(page.nextPageToken(), "");
    } while (!token.isEmpty());
    return entries;
  }

  @Override
  public <T> T read(RunId run, String path, Reader<T> reader) {
    return MlflowFiles.read(
        mlflow
            .get()
            .uri("/get-artifact?run_id={run}&path={path}", run.value(), MODEL + "/" + path)
            .header(WORKSPACE, workspace()),
        path,
        reader);
  }

  private static String workspace() {
    return TenantScope.require().slug();
  }
}
