package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
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
    Duration maxDuration) {

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
    UNITS
  }

  /** What lies between the arms as this design reads a tally. */
  public Difference difference(Tally tally) {
    ArmTally control = tally.control();
    ArmTally challenger = tally.challenger();
    return switch (kind) {
      case BINARY ->
          new RateDifference(
              trialsOf(control), control.events(), trialsOf(challenger), challenger.events());
      case MEAN ->
          MeanDifference.ofMeans(
              trialsOf(control), moments(control), trialsOf(challenger), moments(challenger));
      case RATIO ->
          MeanDifference.ofRatios(
              control.outcomes(), control.moments(),
              challenger.outcomes(), challenger.moments());
    };
  }

  private Moments moments(ArmTally arm) {
    return arm.moments().among(arm.outcomes(), trialsOf(arm));
  }

  /** How many units of an arm make the denominator. */
  public long trialsOf(ArmTally arm) {
    return switch (trials) {
      case OUTCOMES -> arm.outcomes();
      case UNITS -> arm.units();
    };
  }

  public MixtureTest test() {
    return new MixtureTest(alpha, expectedDifference);
  }
}
