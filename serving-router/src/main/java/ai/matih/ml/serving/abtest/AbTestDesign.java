package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a test compares and how; fixed before the first unit is seen.
 *
 * @param weight the challenger's share
 * @param metric names the outcome that is counted
 * @param kind what a unit's outcome is and what the arms are compared by
 * @param direction which way the metric gets better
 * @param trials who makes the denominator of a rate
 * @param alpha how often two equal arms may be called different, over all analyses together
 * @param expectedDifference the difference, in the metric's unit, for which the test is fastest
 * @param margin how much worse still counts as not worse; without one, that verdict is not given
 * @param guardrails what may not get worse meanwhile
 * @param maxDuration when an undecided test ends
 */
public record AbTestDesign(
    Weight weight,
    String metric,
    Kind kind,
    Direction direction,
    Trials trials,
    double alpha,
    double expectedDifference,
    Optional<Double> margin,
    List<Guardrail> guardrails,
    Duration maxDuration) {

  public AbTestDesign {
    guardrails = List.copyOf(guardrails);
  }

  /** What a unit's outcome is. */
  public enum Kind {
    /** Yes or no; arms are compared by their rates. */
    BINARY,
    /** A number; arms are compared by their means. */
    MEAN,
    /** A number out of another; arms are compared by the ratio of their sums. */
    RATIO
  }

  /** Which way a metric gets better. */
  public enum Direction {
    MAXIMIZE,
    MINIMIZE
  }

  /** What a rate is out of. */
  public enum Trials {
    /** Units with a known outcome; fits ground truth that is told both ways. */
    OUTCOMES,
    /** All exposed units; fits conversions, of which only those that happen are told. */
    UNITS;

    /** How many units of an arm these are. */
    public long of(ArmTally arm) {
      return this == OUTCOMES ? arm.outcomes() : arm.units();
    }
  }

  /** What lies between the arms as this design reads a tally. */
  public Difference difference(Tally tally) {
    return difference(kind, trials, tally.control(), tally.challenger());
  }

  static Difference difference(Kind kind, Trials trials, ArmTally control, ArmTally challenger) {
    long units0 = trials.of(control);
    long units1 = trials.of(challenger);
    return switch (kind) {
      case BINARY -> new RateDifference(units0, control.events(), units1, challenger.events());
      case MEAN ->
          MeanDifference.ofMeans(
              units0,
              control.moments().among(control.outcomes(), units0),
              units1,
              challenger.moments().among(challenger.outcomes(), units1));
      case RATIO ->
          MeanDifference.ofRatios(
              control.outcomes(), control.moments(),
              challenger.outcomes(), challenger.moments());
    };
  }

  /** The part of the promise that each guardrail gets; together they have as much as the metric. */
  public double guardrailAlpha() {
    return alpha / Math.max(1, guardrails.size());
  }

  public MixtureTest test() {
    return new MixtureTest(alpha, expectedDifference);
  }
}
