package ai.matih.ml.registry.artifact.mlflow;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.artifact.RunArtifacts;
import ai.matih.ml.registry.artifact.RunId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
  private static final String ENGINE = "mlflow";

  private final RestClient mlflow;

  MlflowRuns(EngineClients engines, Addresses addresses) {
    this.mlflow =
        engines.create(
            ENGINE,
            addresses.engine(ENGINE),
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofMinutes(2)));
  }

  private record RunAnswer(WireRun run) {}

  private record WireRun(RunInfo info, @Nullable Data data) {}

  private record RunInfo(String runId, String experimentId, String status, String lifecycleStage) {}

  private record Data(@Nullable List<Tag> tags) {}

  private record Tag(String key, @Nullable String value) {}

  private record Listing(@Nullable List<Entry> files, @Nullable String nextPageToken) {}

  private record Entry(String path, boolean isDir, long fileSize) {}

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
    List<File> files = new ArrayList<>();
    Deque<String> folders = new ArrayDeque<>(List.of(MODEL));
    int seen = 0;
    while (!folders.isEmpty()) {
      for (Entry entry : entries(run, folders.pop())) {
        if (++seen > max) {
          throw new BundleRefused(
              Part.FILES, "The model has more than " + max + " files and folders.");
        }
        if (entry.isDir()) {
          folders.push(entry.path());
        } else if (entry.path().startsWith(MODEL + "/")) {
          files.add(new File(entry.path().substring(MODEL.length() + 1), entry.fileSize()));
        }
      }
    }
    return files;
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
    return Objects.requireNonNull(
        mlflow
            .get()
            .uri("/get-artifact?run_id={run}&path={path}", run.value(), MODEL + "/" + path)
            .header(WORKSPACE, workspace())
            .exchange(
                (_, response) -> {
                  if (response.getStatusCode().isError()) {
                    throw new EngineFailure.Misbehaved(
                        ENGINE, response.getStatusCode().value(), "no file " + path);
                  }
                  try {
                    return reader.read(response.getBody());
                  } catch (IOException e) {
                    throw new EngineFailure.Unavailable(ENGINE, e);
                  }
                }));
  }

  private static String workspace() {
    return TenantScope.require().slug();
  }
}
