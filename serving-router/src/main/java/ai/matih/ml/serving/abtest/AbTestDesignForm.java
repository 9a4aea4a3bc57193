package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.abtest.AbTestDesign.Direction;
import ai.matih.ml.serving.abtest.AbTestDesign.Trials;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The design of a test as a caller writes it.
 *
 * @param alpha how often two equal arms may be called different; 0.05 when left out
 * @param expectedDifference the difference of rates for which the test is fastest; 0.01 when left
 *     out
 * @param margin how much worse still counts as not worse; without one, that verdict is not given
 * @param maxDuration ISO 8601; an undecided test ends then; P30D when left out
 */
public record AbTestDesignForm(
    @Nullable MetricForm metric,
    @Nullable Double alpha,
    @Nullable Double expectedDifference,
    @Nullable Double margin,
    @Nullable String maxDuration) {

  /**
   * What is compared.
   *
   * @param name of the outcome; {@code outcome} when left out
   * @param kind {@code binary} is what is offered today
   * @param direction {@code maximize} or {@code minimize}: which way it gets better
   * @param trials {@code outcomes}: a rate is out of the units whose outcome is known, for ground
   *     truth; {@code units}: out of all exposed units, for conversions of which only those that
   *     happen are told
   */
  public record MetricForm(
      @Nullable String name,
      @Nullable String kind,
      @Nullable String direction,
      @Nullable String trials) {}

  /** What holds where nothing is said. */
  public static final AbTestDesignForm DEFAULTS =
      new AbTestDesignForm(null, null, null, null, null);

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]{0,62}");
  private static final Duration LONGEST = Duration.ofDays(366);

  /**
   * The design, or a refusal that names the field.
   *
   * @param at where these fields stand in the request, such as {@code traffic.ab_test.}
   */
  public AbTestDesign design(int weightBps, String at) {
    MetricForm form = metric == null ? new MetricForm(null, null, null, null) : metric;
    if (!or(form.kind(), "binary").equals("binary")) {
      throw Problem.invalid(at + "metric.kind", "must be binary");
    }
    String name = or(form.name(), "outcome");
    if (!NAME.matcher(name).matches()) {
      throw Problem.invalid(
          at + "metric.name", "must be lower case letters, digits, dots, hyphens and underscores");
    }
    return new AbTestDesign(
        new Weight(weightBps),
        name,
        direction(or(form.direction(), "maximize"), at),
        trials(or(form.trials(), "outcomes"), at),
        between(alpha, 0.05, 0.0001, 0.2, at + "alpha"),
        between(expectedDifference, 0.01, 0.0001, 1, at + "expected_difference"),
        margin == null ? Optional.empty() : Optional.of(between(margin, 0, 0, 1, at + "margin")),
        duration(at));
  }

  private static String or(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }

  private static Direction direction(String wire, String at) {
    return switch (wire.toLowerCase(Locale.ROOT)) {
      case "maximize" -> Direction.MAXIMIZE;
      case "minimize" -> Direction.MINIMIZE;
      default -> throw Problem.invalid(at + "metric.direction", "must be maximize or minimize");
    };
  }

  private static Trials trials(String wire, String at) {
    return switch (wire.toLowerCase(Locale.ROOT)) {
      case "outcomes" -> Trials.OUTCOMES;
      case "units" -> Trials.UNITS;
      default -> throw Problem.invalid(at + "metric.trials", "must be outcomes or units");
    };
  }

  private static double between(
      @Nullable Double value, double otherwise, double least, double most, String field) {
    double number = value == null ? otherwise : value;
    if (!(number >= least && number <= most)) {
      throw Problem.invalid(field, "must be a number from %s to %s".formatted(least, most));
    }
    return number;
  }

  private Duration duration(String at) {
    try {
      Duration parsed = Duration.parse(or(maxDuration, "P30D"));
      if (parsed.compareTo(Duration.ofSeconds(1)) >= 0 && parsed.compareTo(LONGEST) <= 0) {
        return parsed;
      }
    } catch (DateTimeParseException e) {
      // Falls through: no duration is as wrong as one that is too long.
    }
    throw Problem.invalid(at + "max_duration", "must be a duration from PT1S to P366D");
  }
}
