package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.util.Optional;

/**
 * What a test compares and how; fixed before the first unit is seen.
 *
 * @param weight the challenger's share
 * @param metric names the outcome that is counted
 * @param direction which way the metric gets better
 * @param trials who makes the denominator of a rate
 * @param alpha how often two equal arms may be called different, over all analyses together
 * @param expectedDifference the difference of rates for which the test is fastest
 * @param margin how much worse still counts as not worse; without one, that verdict is not given
 * @param maxDuration when an undecided test ends
 */
public record AbTestDesign(
    Weight weight,
    String metric,
    Direction direction,
    Trials trials,
    double alpha,
    double expectedDifference,
    Optional<Double> margin,
    Duration maxDuration) {

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

  /** The rates as this design reads a tally. */
  public RateDifference rates(Tally tally) {
    return new RateDifference(
        trialsOf(tally.control()),
        tally.control().events(),
        trialsOf(tally.challenger()),
        tally.challenger().events());
  }

  private long trialsOf(ArmTally arm) {
    return switch (trials) {
      case OUTCOMES -> arm.outcomes();
      case UNITS -> arm.units();
    };
  }

  public MixtureTest test() {
    return new MixtureTest(alpha, expectedDifference);
  }
}
