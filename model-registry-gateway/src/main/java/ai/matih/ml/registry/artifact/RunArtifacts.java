package ai.matih.ml.registry.artifact;

import ai.matih.ml.bundle.BundleRefused;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs of the current tenant and the files that they logged. Every method is repeatable; when there
 * is no answer an {@code EngineFailure} says why.
 */
public interface RunArtifacts {

  /** The folder of a run's artifacts that holds its model. */
  String MODEL = "model";

  /**
   * A run.
   *
   * @param finished whether it ended well
   * @param status as MLflow has it, for the refusal's text
   */
  record Run(
      RunId id, String experimentId, boolean finished, String status, Map<String, String> tags) {

    public Run {
      tags = Map.copyOf(tags);
    }
  }

  /**
   * A file below {@link #MODEL}.
   *
   * @param path below the folder, unchecked
   * @param sizeBytes as declared; not to be trusted
   */
  record File(String path, long sizeBytes) {}

  /** Reads a stream; may fail with what the stream fails with. */
  @FunctionalInterface
  interface Reader<T> {
    T read(InputStream content) throws IOException;
  }

  /** Empty when the tenant has no such run. */
  Optional<Run> find(RunId run);

  /**
   * All files of the model; empty when there is none.
   *
   * @throws BundleRefused when there are more than {@code max} files or folders
   */
  List<File> list(RunId run, int max);

  /** Streams one file through {@code reader}; an absent file is an engine failure. */
  <T> T read(RunId run, String path, Reader<T> reader);
}
