package ai.matih.ml.api.experiment;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One try.
 *
 * @param artifactRoot where its files are, for MLflow's artifact calls
 * @param metrics the latest value of each: highest step, then latest time
 */
public record Run(
    RunId id,
    ExperimentId experimentId,
    String name,
    RunStatus status,
    LifecycleStage lifecycleStage,
    String artifactRoot,
    Instant startedAt,
    Optional<Instant> endedAt,
    Map<String, String> params,
    List<MetricPoint> metrics,
    Map<String, String> tags) {

  public Run {
    params = Map.copyOf(params);
    metrics = List.copyOf(metrics);
    tags = Map.copyOf(tags);
  }
}
