package ai.matih.ml.serving.bundlecheck;

import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.Placement;

/**
 * Bundles that are checked on an engine that runs them elsewhere, which takes it a while to begin
 * with. Each belongs to the tenant whose request it is.
 */
public interface Trials {

  /** Has the engine run the bundle for some minutes from now. Repeatable. */
  Placement want(EngineName engine, Artifact artifact);

  /** The bundle is not wanted any more. */
  void end(Placement placement);
}
