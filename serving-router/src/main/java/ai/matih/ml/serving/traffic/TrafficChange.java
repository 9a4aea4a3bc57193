package ai.matih.ml.serving.traffic;

import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import java.util.Optional;

/**
 * What the next revision of a document says, and why.
 *
 * @param salt another salt than the revision before; without one the units keep their buckets
 * @param test the A/B test that this revision runs; any other revision ends it
 * @param restoreId the registry's name for the restore that this revision is
 */
public record TrafficChange(
    Split split,
    Cause cause,
    Optional<String> reason,
    String changedBy,
    Optional<String> salt,
    Optional<String> test,
    Optional<String> restoreId) {

  public TrafficChange(Split split, Cause cause, Optional<String> reason, String changedBy) {
    this(split, cause, reason, changedBy, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same change, with the buckets dealt by this salt. */
  TrafficChange saltedWith(String other) {
    return new TrafficChange(split, cause, reason, changedBy, Optional.of(other), test, restoreId);
  }

  /** The same change as the run of a test, which deals by its own salt. */
  public TrafficChange inTest(String id, String itsSalt) {
    return new TrafficChange(
        split, cause, reason, changedBy, Optional.of(itsSalt), Optional.of(id), restoreId);
  }

  TrafficChange restoring(String id) {
    return new TrafficChange(split, cause, reason, changedBy, salt, test, Optional.of(id));
  }
}
