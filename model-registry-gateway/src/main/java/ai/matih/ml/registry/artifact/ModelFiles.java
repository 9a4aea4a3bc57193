package ai.matih.ml.registry.artifact;

import ai.matih.ml.bundle.BundleRefused;
import java.util.List;

/** The files of one model, wherever it was logged. */
public interface ModelFiles {

  /**
   * All of them; empty when there are none.
   *
   * @throws BundleRefused when there are more than {@code max} files or folders
   */
  List<RunArtifacts.File> list(int max);

  /** Streams one file through {@code reader}; an absent file is an engine failure. */
  <T> T read(String path, RunArtifacts.Reader<T> reader);

  /** Those below the model folder of a run. */
  static ModelFiles of(RunArtifacts runs, RunId run) {
    return new ModelFiles() {
      @Override
      public List<RunArtifacts.File> list(int max) {
        return runs.list(run, max);
      }

      @Override
      public <T> T read(String path, RunArtifacts.Reader<T> reader) {
        return runs.read(run, path, reader);
      }
    };
  }
}
