package ai.matih.ml.acceptance.walk;

import java.time.Duration;

/**
 * How much work a walk does.
 *
 * @param everyNthDeparture 1 takes all departures of 2013 but those that are held back for the A/B
 *     test
 * @param rounds boosting rounds of the second version; the first is a quick attempt with few and
 *     shallow ones
 * @param patience bound of each wait
 */
public record WalkPlan(int everyNthDeparture, int rounds, Duration patience) {

  /** What the demo does. */
  public static final WalkPlan WHOLE_YEAR = new WalkPlan(1, 40, Duration.ofMinutes(10));

  /** Enough for every gate, for the tests. */
  public static final WalkPlan SAMPLE = new WalkPlan(20, 16, Duration.ofMinutes(6));
}
