package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.abtest.AbTestDesign.Direction;
import ai.matih.ml.serving.abtest.AbTestDesign.Kind;
import ai.matih.ml.serving.abtest.AbTestDesign.Trials;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The design of a test as a caller writes it.
 *
 * @param alpha how often two equal arms may be called different; 0.05 when left out
 * @param expectedDifference the difference, in the metric's unit, for which the test is fastest;
 *     0.01 when left out for binary, required for others
 * @param margin how much worse still counts as not worse; without one, that verdict is not given
 * @param guardrails what may not get worse meanwhile; ten at most
 * @param maxDuration ISO 8601; an undecided test ends then; P30D when left out
 */
public record AbTestDesignForm(
    @Nullable MetricForm metric,
    @Nullable Double alpha,
    @Nullable Double expectedDifference,
    @Nullable Double margin,
    @Nullable List<@Nullable GuardrailForm> guardrails,
    @Nullable String maxDuration) {

  /**
   * What is compared.
   *
   * @param name of the outcome; {@code outcome} when left out
   * @param kind {@code binary}: yes or no, compared by rates; {@code mean}: a number; {@code
   *     ratio}: a number out of another, compared by the ratio of the sums; binary when left out
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

  /**
   * Another outcome, which may not get worse by more than a margin.
   *
   * @param name of the outcome
   * @param kind as of the metric
   * @param direction as of the metric
   * @param trials as of the metric
   * @param margin how much worse is no harm, in its unit
   * @param expectedDifference for which its confidence sequence is narrowest; the margin when left
   *     out
   */
  public record GuardrailForm(
      @Nullable String name,
      @Nullable String kind,
      @Nullable String direction,
      @Nullable String trials,
      @Nullable Double margin,
      @Nullable Double expectedDifference) {}

  /** What holds where nothing is said. */
  public static final AbTestDesignForm DEFAULTS =
      new AbTestDesignForm(null, null, null, null, null, null);

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]{0,62}");
  private static final int MOST_GUARDRAILS = 10;
  private static final Duration LONGEST = Duration.ofDays(366);

  /**
   * The design, or a refusal that names the field.
   *
   * @param at where these fields stand in the request, such as {@code traffic.ab_test.}
   */
  public AbTestDesign design(int weightBps, String at) {
    MetricForm form = metric == null ? new MetricForm(null, null, null, null) : metric;
    Kind kind = kind(or(form.kind(), "binary"), at + "metric.");
    boolean binary = kind == Kind.BINARY;
    if (!binary && expectedDifference == null) {
      throw Problem.invalid(
          at + "expected_difference",
          "is required for a %s: the smallest difference that matters, in its unit"
              .formatted(kind.name().toLowerCase(Locale.ROOT)));
    }
    if (kind == Kind.RATIO && form.trials() != null) {
      throw Problem.invalid(
          at + "metric.trials", "does not go with a ratio, which has denominators");
    }
    double most = binary ? 1 : Double.MAX_VALUE;
    String name = or(form.name(), "outcome");
    if (!NAME.matcher(name).matches()) {
      throw Problem.invalid(
          at + "metric.name", "must be lower case letters, digits, dots, hyphens and underscores");
    }
    return new AbTestDesign(
        new Weight(weightBps),
        name,
        kind,
        direction(or(form.direction(), "maximize"), at + "metric."),
        trials(or(form.trials(), "outcomes"), at + "metric."),
        between(alpha, 0.05, 0.0001, 0.2, at + "alpha"),
        between(
            expectedDifference,
            0.01,
            binary ? 0.0001 : Double.MIN_NORMAL,
            most,
            at + "expected_difference"),
        margin == null ? Optional.empty() : Optional.of(between(margin, 0, 0, most, at + "margin")),
        guardrails(name, at + "guardrails"),
        duration(at));
  }

  private static String or(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }

  private List<Guardrail> guardrails(String primary, String at) {
    List<@Nullable GuardrailForm> given = guardrails == null ? List.of() : guardrails;
    if (given.size() > MOST_GUARDRAILS) {
      throw Problem.invalid(at, "must list at most 10 guardrails");
    }
    Set<String> names = new HashSet<>(Set.of(primary));
    List<Guardrail> read = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      GuardrailForm form = given.get(i);
      String here = at + "[" + i + "].";
      if (form == null || form.name() == null || !NAME.matcher(form.name()).matches()) {
        throw Problem.invalid(
            here + "name",
            "is required: lower case letters, digits, dots, hyphens and underscores");
      }
      if (!names.add(form.name())) {
        throw Problem.invalid(here + "name", "must be a name of its own");
      }
      if (form.margin() == null) {
        throw Problem.invalid(here + "margin", "is required: how much worse is no harm");
      }
      double margin =
          between(form.margin(), 0, Double.MIN_NORMAL, Double.MAX_VALUE, here + "margin");
      read.add(
          new Guardrail(
              form.name(),
              kind(or(form.kind(), "binary"), here),
              direction(or(form.direction(), "maximize"), here),
              trials(or(form.trials(), "outcomes"), here),
              between(
                  form.expectedDifference(),
                  margin,
                  Double.MIN_NORMAL,
                  Double.MAX_VALUE,
                  here + "expected_difference"),
              margin));
    }
    return read;
  }

  private static Kind kind(String wire, String at) {
    return switch (wire.toLowerCase(Locale.ROOT)) {
      case "binary" -> Kind.BINARY;
      case "mean" -> Kind.MEAN;
      case "ratio" -> Kind.RATIO;
      default -> throw Problem.invalid(at + "kind", "must be binary, mean or ratio");
    };
  }

  private static Direction direction(String wire, String at) {
    return switch (wire.toLowerCase(Locale.ROOT)) {
      case "maximize" -> Direction.MAXIMIZE;
      case "minimize" -> Direction.MINIMIZE;
      default -> throw Problem.invalid(at + "direction", "must be maximize or minimize");
    };
  }

  private static Trials trials(String wire, String at) {
    return switch (wire.toLowerCase(Locale.ROOT)) {
      case "outcomes" -> Trials.OUTCOMES;
      case "units" -> Trials.UNITS;
      default -> throw Problem.invalid(at + "trials", "must be outcomes or units");
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
