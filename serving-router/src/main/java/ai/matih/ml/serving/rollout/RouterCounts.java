package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.observation.TargetCounts;
import java.util.List;
import java.util.Optional;

/** Asks what each router counted on two deployments of a model. */
public interface RouterCounts {

  /**
   * The latest report of one router; both sides of it are of the same moment.
   *
   * @param stable empty when nobody asked that deployment anything on this router yet
   * @param canary the same
   */
  record Report(String router, Optional<TargetCounts> stable, Optional<TargetCounts> canary) {}

  /** One per router that is known and not silent for long. Reads in the caller's transaction. */
  List<Report> of(ModelId model, String stableDeployment, String canaryDeployment);
}
