package ai.matih.ml.serving.engine;

/** Makes verified bundles answer. */
public interface ScoringEngine {

  /**
   * Loads a bundle. Repeatable; each call gives an independent model that the caller closes.
   *
   * @throws BundleRefused when the model cannot run here, contradicts its signature, or is not
   *     allowed to
   */
  ScoringModel load(Bundle bundle);
}
