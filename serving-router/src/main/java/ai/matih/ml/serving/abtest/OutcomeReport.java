package ai.matih.ml.serving.abtest;

import java.time.Instant;
import java.util.Optional;

/**
 * What was reported about a unit.
 *
 * @param name the unit's id, or the id of a request about it
 * @param value 1 for yes and 0 for no, or a number
 * @param denominator what the number is out of, for a ratio
 * @param observedAt when it happened, if that was reported
 */
public record OutcomeReport(
    Subject subject,
    String name,
    double value,
    Optional<Double> denominator,
    Optional<Instant> observedAt) {

  /** What the name names. */
  public enum Subject {
    UNIT,
    REQUEST
  }
}
