package ai.matih.ml.serving.drift;

import ai.matih.ml.serving.sketch.TimeWindow;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * When a model's drift is an alert, and what is done about it.
 *
 * @param window that is looked at
 * @param threshold from which on an input or answer counts
 * @param minFeatures how many have to count
 * @param cooldown how long after a training job no other one is submitted for drift
 */
public record WatchSettings(
    TimeWindow window,
    Severity threshold,
    int minFeatures,
    Duration cooldown,
    Reaction reaction,
    Optional<Retraining> retraining) {

  /**
   * The training that answers drift.
   *
   * @param job the body of {@code POST /training/submit}
   * @param budget so many jobs in a period at most
   */
  public record Retraining(Map<String, Object> job, int budget, Duration period) {}

  /** Of a model for which nobody said anything. */
  public static final WatchSettings DEFAULT =
      new WatchSettings(
          TimeWindow.DAY, Severity.HIGH, 1, Duration.ofDays(1), Reaction.LOG, Optional.empty());

  /** An alert that is open stays so down to the band below: it does not open and close in turns. */
  Severity keepsOpenFrom() {
    return threshold.milder();
  }
}
