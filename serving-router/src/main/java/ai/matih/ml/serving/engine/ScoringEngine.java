package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.BundleRefused;

/**
 * Makes verified bundles answer. One bean per engine; whatever differs between engines is asked
 * here, and nobody branches on an engine's name.
 */
public interface ScoringEngine {

  EngineName name();

  /** Whether a version in these forms may run here. Pure. */
  EngineSupport support(VersionForms forms);

  /**
   * Loads a bundle. Repeatable; each call gives an independent model that the caller closes.
   *
   * @param placement for an engine that runs the model elsewhere
   * @throws BundleRefused when the model cannot run here, contradicts its signature, or is not
   *     allowed to
   * @throws EngineNotReady when the engine or its copy of the model is not ready yet
   */
  ScoringModel load(Bundle bundle, Placement placement);

  /**
   * Whether it starts copies of a model of its own, whose number and size a deployment may name.
   */
  default boolean startsReplicas() {
    return false;
  }

  /** How many single rows a router has a model answer before callers reach it. */
  int warmUpCalls();

  /** How many calls may be in this engine at once; shared by all of its models in this router. */
  ScoringLimit limit();
}
