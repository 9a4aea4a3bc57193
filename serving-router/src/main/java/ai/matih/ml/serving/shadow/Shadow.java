package ai.matih.ml.serving.shadow;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.traffic.Assignment;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Instant;
import java.util.Optional;

/**
 * A version that gets copies of the requests that others answer.
 *
 * @param digest of the files that the version consists of
 * @param sample the share of the units whose requests are copied; the same as long as it runs, so
 *     that all that was counted was counted of one share
 * @param endedAt absent while it runs
 * @param endedBecause for people
 */
public record Shadow(
    String id,
    ModelId model,
    long version,
    String deploymentId,
    String digest,
    Weight sample,
    String startedBy,
    Instant startedAt,
    Optional<Instant> endedAt,
    Optional<String> endedBecause) {

  Shadow ended(Instant at, String because) {
    return new Shadow(
        id,
        model,
        version,
        deploymentId,
        digest,
        sample,
        startedBy,
        startedAt,
        Optional.of(at),
        Optional.of(because));
  }

  /**
   * Whether the requests of a unit are copied: the same answer on every router and after any
   * restart.
   *
   * @param unit what a unit is known by in the traffic
   */
  public boolean samples(long unit) {
    return sample.bps() == Weight.ALL_BPS
        || Assignment.bucketOf(Assignment.hash(id, Long.toString(unit))) < sample.bps();
  }
}
