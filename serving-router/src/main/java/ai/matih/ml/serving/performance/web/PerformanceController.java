package ai.matih.ml.serving.performance.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.observation.LatencyHistogram;
import ai.matih.ml.serving.performance.Estimate;
import ai.matih.ml.serving.sketch.CountedArm;
import ai.matih.ml.serving.sketch.Sketches;
import ai.matih.ml.serving.sketch.Tally;
import ai.matih.ml.serving.sketch.TimeWindow;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How the versions of a model answer. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}/performance")
class PerformanceController {

  private static final String ASSUMPTION =
      "the model's probabilities are calibrated: of the rows that it gives 80 %, 80 of 100 are so";

  private final Sketches sketches;
  private final Clock clock;

  PerformanceController(Sketches sketches, Clock clock) {
    this.sketches = sketches;
    this.clock = clock;
  }

  /**
   * A model's arms in a window.
   *
   * @param from when the earliest counts begin: slots and hours are whole
   * @param note why there is nothing to see, where there is not
   */
  record PerformanceView(
      String modelId,
      String window,
      String from,
      String to,
      @Nullable String note,
      List<ArmView> arms) {}

  /**
   * One version under the name of its share.
   *
   * @param requests answered ones
   * @param failed sound requests that got no answer
   * @param refused requests that were wrong
   * @param errorRate failed out of answered and failed
   */
  record ArmView(
      long version,
      String variant,
      String digest,
      long requests,
      long rows,
      long failed,
      long refused,
      @Nullable Double errorRate,
      @Nullable LatencyView latencyMs,
      @Nullable EstimateView estimated) {}

  /** From the parsed request to the scores; at most a quarter above the truth. */
  record LatencyView(double p50, double p90, double p95, double p99) {}

  /**
   * Quality without outcomes, of a classification.
   *
   * @param assumption what must hold for it
   */
  record EstimateView(
      String assumption, long rows, double accuracy, double brier, double logLoss) {}

  @GetMapping
  @Allow(Permission.DEPLOYMENTS_READ)
  PerformanceView performance(
      @PathVariable String id,
      @RequestParam(defaultValue = "24h") String window,
      @RequestParam(required = false) @Nullable Long version,
      @RequestParam(required = false) @Nullable String variant) {
    if (version != null && version < 1) {
      throw Problem.invalid("version", "must be a version number");
    }
    if (!ModelId.isWellFormed(id)) {
      throw Problem.invalid("id", "must be a model's id");
    }
    TimeWindow asked = TimeWindow.require(window);
    Instant to = clock.instant();
    Sketches.Window counted =
        sketches.since(
            new ModelId(id),
            to.minus(asked.length()),
            Optional.ofNullable(version),
            Optional.ofNullable(variant));
    return new PerformanceView(
        id,
        asked.wireName(),
        counted.from().toString(),
        to.toString(),
        counted.arms().isEmpty() ? "No prediction was counted here in this window." : null,
        counted.arms().stream().map(PerformanceController::arm).toList());
  }

  private static ArmView arm(CountedArm counted) {
    Tally tally = counted.tally();
    LatencyHistogram latency = tally.latency();
    long sound = tally.answered() + tally.failed();
    return new ArmView(
        counted.arm().version(),
        counted.arm().variant(),
        counted.arm().digest(),
        tally.answered(),
        tally.rows(),
        tally.failed(),
        tally.refused(),
        sound == 0 ? null : (double) tally.failed() / sound,
        tally.answered() == 0
            ? null
            : new LatencyView(
                latency.quantileMillis(0.5),
                latency.quantileMillis(0.9),
                latency.quantileMillis(0.95),
                latency.quantileMillis(0.99)),
        Estimate.of(counted)
            .map(
                found ->
                    new EstimateView(
                        ASSUMPTION, found.rows(), found.accuracy(), found.brier(), found.logLoss()))
            .orElse(null));
  }
}
