package ai.matih.ml.training.job;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The trials of a search as the training code wrote them down, the best first.
 *
 * @param finished trials that have ended, in whatever way
 * @param bestTrial the best one that has succeeded
 * @param importance how much of the differences between the trials each hyperparameter explains
 * @param ended why no more trials are started
 */
public record Leaderboard(
    int finished,
    Optional<Integer> bestTrial,
    Map<String, Double> importance,
    Used used,
    Optional<String> ended,
    Instant at,
    List<Trial> trials) {

  /** What the search has used so far. */
  public record Used(double wallSeconds, double cpuSeconds, double gpuSeconds) {}

  /**
   * One trial.
   *
   * @param rank by its value, those that have succeeded before all others; absent without a value
   * @param status {@code pending, running, stopped, succeeded, failed}
   * @param value the searched metric: of its model, or while there is none the last one
   * @param deviation of the folds of a cross-validation
   * @param bestValue so far, reached first at {@code bestIteration}
   * @param reason why it was stopped or failed
   * @param runId its run in MLflow, below that of the job
   */
  public record Trial(
      int trial,
      Optional<Integer> rank,
      String status,
      Map<String, Object> parameters,
      Optional<Double> value,
      Optional<Double> deviation,
      Optional<Double> bestValue,
      Optional<Integer> bestIteration,
      int iteration,
      int iterations,
      Map<String, Double> metrics,
      Optional<String> reason,
      Optional<String> runId,
      Optional<Instant> startedAt,
      Optional<Instant> endedAt,
      double seconds) {

    public Trial {
      parameters = Map.copyOf(parameters);
      metrics = Map.copyOf(metrics);
    }

    /** The trial when its job has ended: what had not ended by then never will. */
    public Trial afterTheJob() {
      if (!status.equals("pending") && !status.equals("running")) {
        return this;
      }
      return new Trial(
          trial,
          rank,
          "stopped",
          parameters,
          value,
          deviation,
          bestValue,
          bestIteration,
          iteration,
          iterations,
          metrics,
          Optional.of("the job has ended"),
          runId,
          startedAt,
          endedAt,
          seconds);
    }
  }

  public Leaderboard {
    importance = Map.copyOf(importance);
    trials = List.copyOf(trials);
  }
}
