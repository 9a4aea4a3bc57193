package ai.matih.ml.training.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A training job as a person asks for it; everything optional may be absent.
 *
 * @param weightColumn numbers that say how much each row counts while the model learns
 * @param encodings what is made of columns of texts, by their names: {@code native}, {@code
 *     one_hot}, {@code ordinal} or {@code frequency}; by default the algorithm's own
 */
public record JobRequest(
    Optional<String> name,
    Optional<String> experimentId,
    Optional<String> algorithm,
    Optional<String> task,
    Optional<Dataset> dataset,
    Optional<Features> features,
    Optional<String> targetColumn,
    Optional<List<String>> featureColumns,
    Optional<String> weightColumn,
    Optional<Map<String, String>> encodings,
    Optional<Split> split,
    Optional<Map<String, Object>> hyperparameters,
    Optional<Tuning> tuning,
    Optional<Resources> resources,
    Optional<Checkpoints> checkpoints,
    Optional<Integer> maxFailures,
    Optional<String> timeout,
    Optional<Integer> priority,
    Optional<Register> register) {

  /**
   * @param source {@code dataset:name[@digest]} or {@code s3://…} below the tenant's own prefix
   */
  public record Dataset(Optional<String> source) {}

  /**
   * A point-in-time join.
   *
   * @param entitySource like a data set's source; holds the target, the join keys and the timestamp
   */
  public record Features(
      Optional<String> entitySource,
      Optional<String> timestampColumn,
      Optional<List<String>> features,
      Optional<String> featureService) {}

  public record Split(
      Optional<String> strategy,
      Optional<Double> testSize,
      Optional<Long> seed,
      Optional<String> timeColumn) {}

  /**
   * A search for hyperparameters instead of fixed ones. Each trial is trained as a job with its
   * hyperparameters would be; the model of the best one becomes the job's.
   *
   * @param search {@code bayesian} (Optuna's TPE), {@code grid} or {@code random}
   * @param metric that decides, of those that the task has, such as {@code auc} or {@code rmse}
   * @param mode {@code max} or {@code min}; follows from the metric
   * @param maxTrials required but for a grid, which has as many trials as points
   * @param maxConcurrentTrials each takes the resources of one worker; 1 by default
   * @param seed decides what the search draws; that of the split by default
   * @param parameterSpace the searched hyperparameters by name
   */
  public record Tuning(
      Optional<String> search,
      Optional<String> metric,
      Optional<String> mode,
      Optional<Integer> maxTrials,
      Optional<Integer> maxConcurrentTrials,
      Optional<Long> seed,
      Optional<Scheduler> scheduler,
      Optional<Budget> budget,
      Optional<Validation> validation,
      Optional<Map<String, @Nullable Distribution>> parameterSpace) {}

  /**
   * Ends trials that do badly before their time.
   *
   * @param type {@code asha} or {@code median}
   * @param gracePeriod iterations (with folds: folds) before which no trial is ended; 1 by default
   * @param reductionFactor of {@code asha}: one trial in so many goes on at each rung; 3 by default
   * @param minSamples of {@code median}: how many other trials have to have come as far; 3 by
   *     default
   */
  public record Scheduler(
      Optional<String> type,
      Optional<Integer> gracePeriod,
      Optional<Integer> reductionFactor,
      Optional<Integer> minSamples) {}

  /**
   * What a search may use at most; what runs then is ended, and the best trial so far wins.
   *
   * @param wallTime ISO-8601, within the job's timeout
   * @param cpuSeconds of all trials together
   * @param gpuSeconds of all trials together
   */
  public record Budget(
      Optional<String> wallTime, Optional<Double> cpuSeconds, Optional<Double> gpuSeconds) {}

  /**
   * What judges a trial; without it the held-out rows do.
   *
   * @param folds of a cross-validation on the rows to learn from
   */
  public record Validation(Optional<Integer> folds) {}

  /**
   * Where the values of a hyperparameter come from; the meanings are Ray Tune's.
   *
   * @param type {@code choice}, {@code randint}, {@code uniform}, {@code loguniform} or {@code
   *     quniform}
   * @param values of {@code choice}
   * @param upper not drawn by {@code randint}
   * @param q of {@code quniform}: its values are multiples of it
   */
  public record Distribution(
      Optional<String> type,
      Optional<List<@Nullable Object>> values,
      Optional<Double> lower,
      Optional<Double> upper,
      Optional<Double> q) {}

  public record Resources(
      Optional<Integer> numWorkers,
      Optional<Double> cpusPerWorker,
      Optional<Double> gpusPerWorker,
      Optional<Long> memoryBytesPerWorker) {}

  public record Checkpoints(Optional<Integer> frequency, Optional<Integer> keep) {}

  public record Register(Optional<String> modelId) {}

  /** The timeout when none is asked for. */
  static final Duration DEFAULT_TIMEOUT = Duration.ofHours(2);
}
