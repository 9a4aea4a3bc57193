package ai.matih.ml.registry.artifact.mlflow;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.artifact.RunArtifacts.File;
import ai.matih.ml.registry.artifact.RunArtifacts.Reader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.springframework.web.client.RestClient;

/** What reading files from MLflow has in common, wherever it keeps them. */
final class MlflowFiles {

  static final String ENGINE = "mlflow";

  /** One line of MLflow's listing of a folder; the path is the whole one. */
  record Entry(String path, boolean isDir, long fileSize) {}

  private MlflowFiles() {}

  /**
   * All files below a folder.
   *
   * @param entries lists one folder
   * @throws BundleRefused when there are more files and folders than {@code max}
   */
  static List<File> walk(String root, int max, Function<String, List<Entry>> entries) {
    List<File> files = new ArrayList<>();
    Deque<String> folders = new ArrayDeque<>(List.of(root));
    int seen = 0;
    while (!folders.isEmpty()) {
      for (Entry entry : entries.apply(folders.pop())) {
        if (++seen > max) {
          throw new BundleRefused(
              Part.FILES, "The model has more than " + max + " files and folders.");
        }
        if (entry.isDir()) {
          folders.push(entry.path());
        } else {
          files.add(new File(entry.path(), entry.fileSize()));
        }
      }
    }
    return files;
  }

  /** Reads the answer as the stream of one file. */
  static <T> T read(RestClient.RequestHeadersSpec<?> request, String path, Reader<T> reader) {
    return Objects.requireNonNull(
        request.exchange(
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
}
