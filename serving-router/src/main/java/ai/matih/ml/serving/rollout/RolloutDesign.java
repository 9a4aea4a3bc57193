package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a roll-out advances and what makes it go back; fixed before its first step.
 *
 * @param steps in their order, each with a larger share than the one before
 * @param errorTolerance how many times the stable version's odds of a server error are no harm
 * @param slow when an answer counts as slow, and how many times the odds of that are no harm
 * @param quality what is told of outcomes, where it is judged
 * @param breaker ends a canary that fails grossly, without any comparison
 * @param alpha how often a canary that is as good as the stable version is sent back, at most, over
 *     all looks and comparisons together
 * @param freeze when no step is taken by itself
 * @param maxDuration when a roll-out that did not finish goes back
 */
public record RolloutDesign(
    List<Step> steps,
    double errorTolerance,
    Slow slow,
    Optional<Quality> quality,
    Breaker breaker,
    double alpha,
    List<Freeze> freeze,
    Duration maxDuration) {

  /** Server errors are what a canary is for; they get the larger part of the promise. */
  private static final double OF_ERRORS = 0.7;

  private static final double OF_OTHERS = 0.15;

  public RolloutDesign {
    steps = List.copyOf(steps);
    freeze = List.copyOf(freeze);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a roll-out has steps");
    }
  }

  /**
   * One step.
   *
   * @param dwell how long it lasts at least
   * @param minimumRequests how many requests the canary has to have answered or failed on in it
   * @param minimumOutcomes how many outcomes of its units have to be known, over all steps
   */
  public record Step(Weight weight, Duration dwell, long minimumRequests, long minimumOutcomes) {}

  /** Slower than this share of the stable version's answers. */
  public record Slow(double quantile, double tolerance) {}

  /**
   * Which outcomes are bad.
   *
   * @param higherIsBetter where it is, values below {@code threshold} are bad, else those above it
   */
  public record Quality(String metric, boolean higherIsBetter, double threshold, double tolerance) {

    boolean isBad(double value) {
      return higherIsBetter ? value < threshold : value > threshold;
    }
  }

  /** So many server errors among the canary's first requests. */
  public record Breaker(long errors, long requests) {}

  /** From one moment up to, not including, another. */
  public record Freeze(Instant from, Instant until) {

    boolean holds(Instant at) {
      return !at.isBefore(from) && at.isBefore(until);
    }
  }

  public OddsTest errorTest() {
    return new OddsTest(errorTolerance, OF_ERRORS * alpha);
  }

  public OddsTest latencyTest() {
    return new OddsTest(slow.tolerance(), OF_OTHERS * alpha);
  }

  public OddsTest qualityTest() {
    return new OddsTest(quality.map(Quality::tolerance).orElse(1.0), OF_OTHERS * alpha);
  }

  boolean isLast(int step) {
    return step == steps.size() - 1;
  }
}
