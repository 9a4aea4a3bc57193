package ai.matih.ml.serving.traffic;

import ai.matih.ml.serving.ModelId;
import java.time.Instant;
import java.util.Optional;

/**
 * Who gets how much of one model, in one revision. Never changed, only followed by the next
 * revision.
 *
 * @param salt seasons the hash of this model's units, so that two models do not pick the same
 *     people; a test deals by a salt of its own, and what follows a test keeps it
 * @param cause what made this revision
 * @param test the A/B test that this revision runs
 */
public record TrafficDocument(
    ModelId model,
    long revision,
    String salt,
    Split split,
    Cause cause,
    Optional<String> reason,
    String changedBy,
    Instant changedAt,
    Optional<String> test) {

  /** What led to a revision. */
  public enum Cause {
    CREATED,
    DEPLOYED,
    CHANGED,
    ABORTED,
    ROLLED_BACK,
    RESTORED,
    TESTED,
    /** A step of a roll-out that advances by itself. */
    ADVANCED,
    REMOVED
  }
}
