package ai.matih.ml.acceptance.walk;

import java.time.Duration;

/**
 * How much work a walk does.
 *
 * @param everyNthDeparture 1 takes all 328,521 departures
 * @param rounds boosting rounds of the first version; the second gets twice as many
 * @param patience bound of each wait
 */
public record WalkPlan(int everyNthDeparture, int rounds, Duration patience) {

  /** What the demo does. */
  public static final WalkPlan WHOLE_YEAR = new WalkPlan(1, 20, Duration.ofMinutes(10));

  /** Enough for every gate, for the tests. */
  public static final WalkPlan SAMPLE = new WalkPlan(20, 8, Duration.ofMinutes(6));
}
