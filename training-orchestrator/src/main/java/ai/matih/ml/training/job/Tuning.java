package ai.matih.ml.training.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A search for hyperparameters; checked and complete.
 *
 * @param maxTrials that are run at most; of a grid all of its points
 * @param maxConcurrentTrials at once; each takes the resources of one worker
 * @param seed decides what the search draws
 * @param folds of a cross-validation; without any, the held-out rows judge the trials
 */
public record Tuning(
    Search search,
    SearchMetric metric,
    int maxTrials,
    int maxConcurrentTrials,
    long seed,
    Optional<Scheduler> scheduler,
    Budget budget,
    Optional<Integer> folds,
    Map<String, Distribution> parameterSpace) {

  public Tuning {
    parameterSpace = Map.copyOf(parameterSpace);
  }

  /** How parameters are chosen. */
  public enum Search {
    BAYESIAN,
    GRID,
    RANDOM;

    public String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    static Optional<Search> ofWire(String word) {
      return Stream.of(values()).filter(search -> search.wire().equals(word)).findFirst();
    }
  }

  /**
   * What ends a trial that does badly before its time.
   *
   * @param type {@code asha} or {@code median}
   * @param gracePeriod iterations before which no trial is ended
   * @param reductionFactor of {@code asha}: one in so many goes on at each rung
   * @param minSamples of {@code median}: how many others have to have come as far
   */
  public record Scheduler(
      String type,
      int gracePeriod,
      Optional<Integer> reductionFactor,
      Optional<Integer> minSamples) {}

  /** What the search may use at most. */
  public record Budget(
      Optional<Duration> wallTime, Optional<Double> cpuSeconds, Optional<Double> gpuSeconds) {}

  /**
   * Where the values of one hyperparameter come from, as Ray Tune has it.
   *
   * @param type {@code choice}, {@code randint}, {@code uniform}, {@code loguniform} or {@code
   *     quniform}
   */
  public record Distribution(
      String type,
      Optional<List<Object>> values,
      Optional<Double> lower,
      Optional<Double> upper,
      Optional<Double> q) {

    public Distribution {
      values = values.map(List::copyOf);
    }

    /** How many values there are; empty when they cannot be counted. */
    OptionalLong points() {
      return switch (type) {
        case "choice" -> OptionalLong.of(values.orElseThrow().size());
        case "randint" -> OptionalLong.of((long) (upper.orElseThrow() - lower.orElseThrow()));
        case "quniform" ->
            OptionalLong.of(
                Math.round((upper.orElseThrow() - lower.orElseThrow()) / q.orElseThrow()) + 1);
        default -> OptionalLong.empty();
      };
    }
  }
}
