package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.BundleRefused;

/** Gives verified bundles. */
public interface Bundles {

  /**
   * The bundle of an artifact, every byte of which hashes to what the registry named. Repeatable;
   * once it answered, it answers again without the store.
   *
   * @throws BundleRefused when it is not what it must be
   * @throws ai.matih.ml.common.http.EngineFailure when the store is needed and away
   */
  Bundle open(Artifact artifact);
}
