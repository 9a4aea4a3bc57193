package ai.matih.ml.serving.observation;

import java.time.Instant;

/**
 * What one router counted on one deployment.
 *
 * @param answered predictions that got scores
 * @param failed sound requests that got none
 * @param latency of the answered ones
 * @param since when the counting began; it begins anew with the router
 * @param assigned those among them that the traffic gave to it, and no caller named it for
 */
public record TargetCounts(
    long answered, long failed, LatencyHistogram latency, Instant since, Assigned assigned) {

  /** What came by the traffic's choice alone, and so compares with other targets of the model. */
  public record Assigned(long answered, long failed, LatencyHistogram latency) {

    public static final Assigned NOTHING = new Assigned(0, 0, LatencyHistogram.EMPTY);
  }
}
