package ai.matih.ml.training.job;

import ai.matih.ml.training.algorithm.AlgorithmName;
import ai.matih.ml.training.algorithm.Task;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model to train; checked and complete, with every default filled in.
 *
 * @param weightColumn how much each row counts; all alike without it
 * @param encodings of columns of texts, where another than the algorithm's default was asked for
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
    Optional<String> weightColumn,
    Map<String, String> encodings,
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

  /** The same training, which makes no version. */
  TrainingSpecification withoutVersion(Optional<String> experiment) {
    return new TrainingSpecification(
        name,
        experiment,
        algorithm,
        task,
        source,
        join,
        targetColumn,
        featureColumns,
        weightColumn,
        encodings,
        split,
        hyperparameters,
        tuning,
        resources,
        checkpoints,
        maxFailures,
        timeout,
        priority,
        Optional.empty());
  }

  /** Those that were stored before there were encodings have none. */
  public TrainingSpecification(
      String name,
      Optional<String> experimentId,
      AlgorithmName algorithm,
      Task task,
      Source source,
      Optional<Join> join,
      String targetColumn,
      Optional<List<String>> featureColumns,
      Optional<String> weightColumn,
      @Nullable Map<String, String> encodings,
      Split split,
      Map<String, Object> hyperparameters,
      Optional<Tuning> tuning,
      Resources resources,
      Checkpoints checkpoints,
      int maxFailures,
      Duration timeout,
      int priority,
      Optional<String> registerModel) {
    this.name = name;
    this.experimentId = experimentId;
    this.algorithm = algorithm;
    this.task = task;
    this.source = source;
    this.join = join;
    this.targetColumn = targetColumn;
    this.featureColumns = featureColumns.map(List::copyOf);
    this.weightColumn = weightColumn;
    this.encodings = encodings == null ? Map.of() : Map.copyOf(encodings);
    this.split = split;
    this.hyperparameters = Map.copyOf(hyperparameters);
    this.tuning = tuning;
    this.resources = resources;
    this.checkpoints = checkpoints;
    this.maxFailures = maxFailures;
    this.timeout = timeout;
    this.priority = priority;
    this.registerModel = registerModel;
  }
}
