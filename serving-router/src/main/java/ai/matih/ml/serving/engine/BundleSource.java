package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.BundleRefused;
import java.io.InputStream;

/** Where bundles come from. Repeatable. */
public interface BundleSource {

  /**
   * Streams one file of an artifact.
   *
   * @throws BundleRefused when the artifact lies where this router may not read, or the file is not
   *     there
   * @throws ai.matih.ml.common.http.EngineFailure when the store is away
   */
  InputStream open(Artifact artifact, String path);
}
