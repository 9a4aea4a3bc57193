package ai.matih.ml.serving.engine;

/** Gives single files of verified bundles. */
public interface BundleContents {

  /**
   * A file, every byte of which hashes to what the registry named. Repeatable.
   *
   * @throws ai.matih.ml.bundle.BundleRefused when it is not what it must be, or larger
   * @throws ai.matih.ml.common.http.EngineFailure when the store is needed and away
   */
  byte[] file(Artifact artifact, String path, int maxBytes);
}
