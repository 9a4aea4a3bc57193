package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.rollout.RolloutDesign.Breaker;
import ai.matih.ml.serving.rollout.RolloutDesign.Freeze;
import ai.matih.ml.serving.rollout.RolloutDesign.Quality;
import ai.matih.ml.serving.rollout.RolloutDesign.Slow;
import ai.matih.ml.serving.rollout.RolloutDesign.Step;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The design of a roll-out as a caller writes it.
 *
 * @param steps 1 to 20, each with a larger share than the one before
 * @param errors how server errors are judged
 * @param latency how slow answers are judged
 * @param quality how outcomes are judged; left out, they are not
 * @param breaker ends a canary that fails grossly, without any comparison
 * @param alpha how often a canary that is as good as the stable version is sent back, at most, over
 *     all looks and comparisons together; 0.05 when left out
 * @param freeze when no step is taken by itself
 * @param maxDuration ISO 8601; a roll-out that did not finish by then goes back; P30D when left out
 */
public record RolloutDesignForm(
    @Nullable List<@Nullable StepForm> steps,
    @Nullable ErrorsForm errors,
    @Nullable LatencyForm latency,
    @Nullable QualityForm quality,
    @Nullable BreakerForm breaker,
    @Nullable Double alpha,
    @Nullable List<@Nullable FreezeForm> freeze,
    @Nullable String maxDuration) {

  /**
   * One step.
   *
   * @param weightBps the canary's share, in basis points
   * @param dwell ISO 8601; how long the step lasts at least; PT10M when left out
   * @param minimumRequests how many requests the canary has to have had in this step; 100 when left
   *     out
   * @param minimumOutcomes how many outcomes of its units have to be known, over all steps; 0 when
   *     left out
   */
  public record StepForm(
      @Nullable Integer weightBps,
      @Nullable String dwell,
      @Nullable Long minimumRequests,
      @Nullable Long minimumOutcomes) {}

  /**
   * Server errors.
   *
   * @param tolerance how many times the stable version's odds are no harm; 1 when left out
   */
  public record ErrorsForm(@Nullable Double tolerance) {}

  /**
   * Slow answers.
   *
   * @param quantile an answer is slow that takes longer than this share of the stable version's;
   *     0.95 when left out
   * @param tolerance how many times the stable version's odds of a slow answer are no harm; 2 when
   *     left out
   */
  public record LatencyForm(@Nullable Double quantile, @Nullable Double tolerance) {}

  /**
   * Outcomes that are told at {@code POST /predict/outcomes}.
   *
   * @param metric their name; {@code outcome} when left out
   * @param direction {@code maximize} or {@code minimize}: which way they get better
   * @param threshold below it an outcome is bad, or above it where less is better; 0.5 when left
   *     out
   * @param tolerance how many times the stable version's odds of a bad one are no harm; 1 when left
   *     out
   */
  public record QualityForm(
      @Nullable String metric,
      @Nullable String direction,
      @Nullable Double threshold,
      @Nullable Double tolerance) {}

  /**
   * So many server errors within the first requests.
   *
   * @param errors 5 when left out
   * @param requests 20 when left out
   */
  public record BreakerForm(@Nullable Long errors, @Nullable Long requests) {}

  /** From one moment up to, not including, another. */
  public record FreezeForm(@Nullable Instant from, @Nullable Instant until) {}

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]{0,62}");
  private static final int MOST_STEPS = 20;
  private static final int MOST_FREEZES = 100;
  private static final long MOST = 1_000_000_000L;
  private static final Duration LONGEST = Duration.ofDays(366);

  /**
   * The design, or a refusal that names the field.
   *
   * @param at where these fields stand in the request, such as {@code traffic.rollout.}
   */
  public RolloutDesign design(String at) {
    List<@Nullable StepForm> given = steps == null ? List.of() : steps;
    if (given.isEmpty() || given.size() > MOST_STEPS) {
      throw Problem.invalid(at + "steps", "must list 1 to 20 steps");
    }
    List<Step> read = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      read.add(step(given.get(i), read, at + "steps[" + i + "]"));
    }
    ErrorsForm onErrors = errors == null ? new ErrorsForm(null) : errors;
    LatencyForm onLatency = latency == null ? new LatencyForm(null, null) : latency;
    return new RolloutDesign(
        read,
        between(onErrors.tolerance(), 1, 1, 100, at + "errors.tolerance"),
        new Slow(
            between(onLatency.quantile(), 0.95, 0.5, 0.999, at + "latency.quantile"),
            between(onLatency.tolerance(), 2, 1, 100, at + "latency.tolerance")),
        Optional.ofNullable(quality).map(form -> quality(form, at + "quality.")),
        breaker(at + "breaker."),
        between(alpha, 0.05, 0.001, 0.2, at + "alpha"),
        freezes(at + "freeze"),
        duration(maxDuration, "P30D", Duration.ofSeconds(1), at + "max_duration"));
  }

  private static Step step(@Nullable StepForm form, List<Step> before, String at) {
    if (form == null) {
      throw Problem.invalid(at, "must be an object");
    }
    Integer weight = form.weightBps();
    int least = before.isEmpty() ? 1 : before.getLast().weight().bps() + 1;
    if (weight == null || weight < least || weight > Weight.ALL_BPS) {
      throw Problem.invalid(
          at + ".weight_bps",
          least > Weight.ALL_BPS
              ? "must be more than the step before, which has everything"
              : "must be from %d to 10000 basis points; each step has more than the one before"
                  .formatted(least));
    }
    return new Step(
        new Weight(weight),
        duration(form.dwell(), "PT10M", Duration.ZERO, at + ".dwell"),
        whole(form.minimumRequests(), 100, 0, MOST, at + ".minimum_requests"),
        whole(form.minimumOutcomes(), 0, 0, MOST, at + ".minimum_outcomes"));
  }

  private static Quality quality(QualityForm form, String at) {
    String metric = form.metric() == null ? "outcome" : form.metric();
    if (!NAME.matcher(metric).matches()) {
      throw Problem.invalid(
          at + "metric", "must be lower case letters, digits, dots, hyphens and underscores");
    }
    String direction = form.direction() == null ? "maximize" : form.direction();
    if (!direction.equals("maximize") && !direction.equals("minimize")) {
      throw Problem.invalid(at + "direction", "must be maximize or minimize");
    }
    return new Quality(
        metric,
        direction.equals("maximize"),
        between(form.threshold(), 0.5, -Double.MAX_VALUE, Double.MAX_VALUE, at + "threshold"),
        between(form.tolerance(), 1, 1, 100, at + "tolerance"));
  }

  private Breaker breaker(String at) {
    BreakerForm form = breaker == null ? new BreakerForm(null, null) : breaker;
    long errors = whole(form.errors(), 5, 1, MOST, at + "errors");
    long requests = whole(form.requests(), Math.max(20, errors), 1, MOST, at + "requests");
    if (requests < errors) {
      throw Problem.invalid(at + "requests", "must not be less than breaker.errors");
    }
    return new Breaker(errors, requests);
  }

  private List<Freeze> freezes(String at) {
    List<@Nullable FreezeForm> given = freeze == null ? List.of() : freeze;
    if (given.size() > MOST_FREEZES) {
      throw Problem.invalid(at, "must list at most 100 windows");
    }
    List<Freeze> read = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      FreezeForm form = given.get(i);
      if (form == null || form.from() == null) {
        throw Problem.invalid(at + "[" + i + "].from", "is required");
      }
      if (form.until() == null || !form.until().isAfter(form.from())) {
        throw Problem.invalid(at + "[" + i + "].until", "must be an instant after from");
      }
      read.add(new Freeze(form.from(), form.until()));
    }
    return read;
  }

  private static double between(
      @Nullable Double value, double otherwise, double least, double most, String field) {
    double number = value == null ? otherwise : value;
    if (!(number >= least && number <= most)) {
      throw Problem.invalid(field, "must be a number from %s to %s".formatted(least, most));
    }
    return number;
  }

  private static long whole(
      @Nullable Long value, long otherwise, long least, long most, String field) {
    long number = value == null ? otherwise : value;
    if (number < least || number > most) {
      throw Problem.invalid(field, "must be a whole number from %d to %d".formatted(least, most));
    }
    return number;
  }

  private static Duration duration(
      @Nullable String value, String otherwise, Duration least, String field) {
    try {
      Duration parsed = Duration.parse(value == null ? otherwise : value);
      if (parsed.compareTo(least) >= 0 && parsed.compareTo(LONGEST) <= 0) {
        return parsed;
      }
    } catch (DateTimeParseException e) {
      // Falls through: no duration is as wrong as one that is too long.
    }
    throw Problem.invalid(field, "must be a duration from %s to P366D".formatted(least));
  }
}
