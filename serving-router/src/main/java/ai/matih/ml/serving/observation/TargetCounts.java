package ai.matih.ml.serving.observation;

import java.time.Instant;

/**
 * What one router counted on one deployment.
 *
 * @param answered predictions that got scores
 * @param failed sound requests that got none
 * @param latency of the answered ones
 * @param since when the counting began; it begins anew with the router
 */
public record TargetCounts(long answered, long failed, LatencyHistogram latency, Instant since) {}
