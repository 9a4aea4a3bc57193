package ai.matih.ml.registry.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One bar that a version's metric has to clear before Staging.
 *
 * @param min lowest value that passes
 * @param max highest value that passes
 * @param notWorseThanProduction compares with today's Production version on the same data
 * @param direction which way the metric gets better; may be left out for well-known metrics
 */
public record BaselineRule(
    String metric,
    Optional<Double> min,
    Optional<Double> max,
    Optional<NotWorse> notWorseThanProduction,
    Optional<Direction> direction) {

  private static final Pattern METRIC = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@/ -]{0,99}");

  /**
   * How much worse than Production still passes.
   *
   * @param tolerance in the metric's own unit, 0 when not given
   */
  public record NotWorse(Optional<Double> tolerance) {
    public NotWorse {
      if (tolerance.isPresent() && !(tolerance.get() >= 0 && Double.isFinite(tolerance.get()))) {
        throw new IllegalArgumentException("tolerance must be 0 or more");
      }
    }

    public double allowed() {
      return tolerance.orElse(0.0);
    }
  }

  public BaselineRule {
    if (!METRIC.matcher(metric).matches()) {
      throw new IllegalArgumentException("metric must be a metric's name");
    }
    if (min.isEmpty() && max.isEmpty() && notWorseThanProduction.isEmpty()) {
      throw new IllegalArgumentException(
          "a rule needs min, max or not_worse_than_production; it would pass everything otherwise");
    }
    if (!min.map(Double::isFinite).orElse(true) || !max.map(Double::isFinite).orElse(true)) {
      throw new IllegalArgumentException("min and max must be numbers");
    }
    if (min.isPresent() && max.isPresent() && min.get() > max.get()) {
      throw new IllegalArgumentException("min must not be above max");
    }
    if (notWorseThanProduction.isPresent()
        && direction.isEmpty()
        && Direction.ofMetric(metric).isEmpty()) {
      throw new IllegalArgumentException(
          "direction (maximize or minimize) is needed for this metric");
    }
  }

  /**
   * Whether a number does not clear the bar.
   *
   * @param production the same of today's Production on the same data, where it is known
   */
  public boolean isMissedBy(Optional<Double> value, Optional<Double> production) {
    return value.isEmpty()
        || min.filter(least -> value.get() < least).isPresent()
        || max.filter(most -> value.get() > most).isPresent()
        || notWorseThanProduction
            .filter(_ -> production.isPresent())
            .filter(rule -> worseBy(value.get(), production.get()) > rule.allowed())
            .isPresent();
  }

  /** By how much a number is worse than Production's; below 0 when it is better. */
  public double worseBy(double value, double production) {
    return better() == Direction.MAXIMIZE ? production - value : value - production;
  }

  /** Which way the metric gets better, for comparisons with Production. */
  public Direction better() {
    return direction.or(() -> Direction.ofMetric(metric)).orElse(Direction.MAXIMIZE);
  }
}
