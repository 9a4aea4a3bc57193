package ai.matih.ml.api.experiment;

import java.time.Instant;
import java.util.Map;

/**
 * A question and all runs that try to answer it.
 *
 * @param artifactLocation for MLflow's clients; not a storage address
 */
public record Experiment(
    ExperimentId id,
    String name,
    LifecycleStage lifecycleStage,
    String artifactLocation,
    Map<String, String> tags,
    Instant createdAt,
    Instant lastUpdated) {

  public Experiment {
    tags = Map.copyOf(tags);
  }
}
