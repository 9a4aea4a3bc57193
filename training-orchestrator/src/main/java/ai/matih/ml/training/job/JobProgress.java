package ai.matih.ml.training.job;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the training code says it is.
 *
 * @param phase {@code starting, reading, joining, tuning, training, evaluating, testing,
 *     converting, packaging, registering, done}
 * @param iteration of {@code total} within the phase; both 0 where nothing is counted
 * @param warnings so far
 */
public record JobProgress(
    String phase,
    int iteration,
    int total,
    Map<String, Double> metrics,
    Instant at,
    List<JobWarning> warnings) {

  /** Those that were stored before there were warnings have none. */
  public JobProgress(
      String phase,
      int iteration,
      int total,
      Map<String, Double> metrics,
      Instant at,
      @Nullable List<JobWarning> warnings) {
    this.phase = phase;
    this.iteration = iteration;
    this.total = total;
    this.metrics = Map.copyOf(metrics);
    this.at = at;
    this.warnings = warnings == null ? List.of() : List.copyOf(warnings);
  }

  public JobProgress(
      String phase, int iteration, int total, Map<String, Double> metrics, Instant at) {
    this(phase, iteration, total, metrics, at, List.of());
  }

  /** 0 to 100, weighted by how long the phases usually take. */
  public int percent() {
    double within = total > 0 ? Math.min(1, iteration / (double) total) : 0;
    return switch (phase) {
      case "reading" -> 5;
      case "joining" -> 10;
      // By the trials that have ended.
      case "tuning" -> (int) (10 + 70 * within);
      case "training" -> (int) (20 + 60 * within);
      // A training evaluates in one go, an evaluation row by row.
      case "evaluating" -> total > 0 ? (int) (20 + 75 * within) : 80;
      case "testing" -> 50;
      case "converting" -> 40;
      case "packaging" -> (int) (85 + 14 * within);
      case "registering" -> 99;
      case "done" -> 100;
      default -> 0;
    };
  }
}
