package ai.matih.ml.serving.bundlecheck;

import java.time.Duration;

/**
 * What a bundle must live up to.
 *
 * @param latencyBudget 95 of 100 single rows answer within it
 * @param minGoldenRows fewer prove too little
 * @param timedCalls single rows that are timed, after two thirds as many that are not
 */
public record CheckLimits(Duration latencyBudget, int minGoldenRows, int timedCalls) {

  /** Where a call takes little. */
  public CheckLimits(Duration latencyBudget, int minGoldenRows) {
    this(latencyBudget, minGoldenRows, 300);
  }
}
