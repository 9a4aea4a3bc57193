package ai.matih.ml.serving.bundlecheck;

import java.time.Duration;

/**
 * What a bundle must live up to.
 *
 * @param latencyBudget 95 of 100 single rows answer within it
 * @param minGoldenRows fewer prove too little
 */
public record CheckLimits(Duration latencyBudget, int minGoldenRows) {}
