package ai.matih.ml.training.job;

import ai.matih.ml.training.algorithm.AlgorithmName;
import ai.matih.ml.training.algorithm.Task;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model to train; checked and complete, with every default filled in.
 *
 * @param tuning searches for the hyperparameters that are not fixed
 */
public record TrainingSpecification(
    String name,
    Optional<String> experimentId,
    AlgorithmName algorithm,
    Task task,
    Source source,
    Optional<Join> join,
    String targetColumn,
    Optional<List<String>> featureColumns,
    Split split,
    Map<String, Object> hyperparameters,
    Optional<Tuning> tuning,
    Resources resources,
    Checkpoints checkpoints,
    int maxFailures,
    Duration timeout,
    int priority,
    Optional<String> registerModel)
    implements JobSpecification.MakesModel {

  /** Which features are joined; the plan itself is asked for when the job is prepared. */
  public record Join(
      String timestampColumn, Optional<List<String>> features, Optional<String> featureService) {}

  public record Split(String strategy, double testSize, long seed, Optional<String> timeColumn) {}

  public record Checkpoints(int frequency, int keep) {}

  /** A search keeps room for all trials that may run at once. */
  @Override
  public Resources atOnce() {
    return tuning.map(search -> resources.times(search.maxConcurrentTrials())).orElse(resources);
  }

  public TrainingSpecification {
    featureColumns = featureColumns.map(List::copyOf);
    hyperparameters = Map.copyOf(hyperparameters);
  }
}
