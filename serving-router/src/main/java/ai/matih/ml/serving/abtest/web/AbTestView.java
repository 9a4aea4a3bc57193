package ai.matih.ml.serving.abtest.web;

import ai.matih.ml.serving.abtest.AbTest;
import ai.matih.ml.serving.abtest.AbTest.Control;
import ai.matih.ml.serving.abtest.AbTestDesign;
import ai.matih.ml.serving.abtest.AbTestDesign.Kind;
import ai.matih.ml.serving.abtest.AbTestDesign.Trials;
import ai.matih.ml.serving.abtest.ArmTally;
import ai.matih.ml.serving.abtest.Difference;
import ai.matih.ml.serving.abtest.MixtureTest;
import ai.matih.ml.serving.abtest.SampleRatio;
import ai.matih.ml.serving.abtest.Tally.GuardrailTally;
import ai.matih.ml.serving.abtest.Tally.Uncounted;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A test with the numbers behind its verdict, as of the last interim analysis.
 *
 * @param version the challenger
 * @param digest of the challenger's files
 * @param controlVersion the version that it is compared with, once it started
 * @param verdict {@code none} while it is too early to tell
 * @param looks how many interim analyses there were
 */
record AbTestView(
    String id,
    String modelId,
    String status,
    String verdict,
    long version,
    String digest,
    @Nullable Long controlVersion,
    @Nullable String controlDigest,
    MetricView metric,
    MethodView method,
    int weightBps,
    double alpha,
    double expectedDifference,
    @Nullable Double margin,
    String maxDuration,
    ArmView control,
    ArmView challenger,
    UncountedView uncounted,
    @Nullable ComparisonView comparison,
    List<GuardrailView> guardrails,
    RatioView sampleRatio,
    long looks,
    @Nullable String lookedAt,
    @Nullable Long trafficRevision,
    @Nullable String reason,
    String requestedBy,
    String requestedAt,
    @Nullable String startedAt,
    @Nullable String endedAt) {

  private static final String ASYMPTOTIC =
      "Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, doi:10.1214/24-AOS2408";

  /** How it is compared, with its source. */
  record MethodView(String name, String source) {}

  /**
   * Outcomes that were told for this test and count on no arm.
   *
   * @param waiting nobody was exposed under their names yet; they count once a router reports it
   * @param dropped waited and made room for later ones
   * @param tooOld of before the test, or of before the exposure
   */
  record UncountedView(long waiting, long dropped, long tooOld) {}

  record MetricView(String name, String kind, String direction, String trials) {}

  /**
   * One arm.
   *
   * @param units that it answered; each counts once
   * @param outcomes units among them whose outcome is known
   * @param events positive outcomes, of a binary metric
   * @param rate events out of the metric's trials, of a binary metric
   * @param value the metric on this arm: the rate, the mean or the ratio
   * @param contradicted units about which two different things were told; the first one counts
   */
  record ArmView(
      long units,
      long outcomes,
      @Nullable Long events,
      @Nullable Double rate,
      @Nullable Double value,
      long contradicted) {}

  /**
   * Challenger less control; absent while there are fewer than five expected events, or non-events,
   * on an arm, or fewer than a hundred units where it is no rate.
   *
   * @param lower end of the confidence sequence: it holds at all analyses together
   * @param pValue always valid: the smallest of all analyses so far
   */
  record ComparisonView(
      double difference, double standardError, double lower, double upper, double pValue) {}

  /**
   * Another metric, which may not get worse by more than its margin.
   *
   * @param status {@code held}, {@code broken} or {@code open}; {@code better} needs all held, one
   *     that is broken makes {@code worse}
   * @param alpha of its confidence sequence: the guardrails share the test's
   * @param lower end of the confidence sequence of challenger less control
   */
  record GuardrailView(
      MetricView metric,
      double margin,
      double expectedDifference,
      double alpha,
      String status,
      ArmView control,
      ArmView challenger,
      @Nullable Double difference,
      @Nullable Double lower,
      @Nullable Double upper) {}

  /**
   * Whether the units came to the arms in the promised ratio.
   *
   * @param pValue always valid; below {@code alarm} the test is invalid
   */
  record RatioView(
      double expectedChallenger,
      @Nullable Double observedChallenger,
      double pValue,
      double alarm) {}

  static AbTestView of(AbTest test) {
    AbTestDesign design = test.design();
    Difference between = design.difference(test.analysis().tally());
    ArmTally control = test.analysis().tally().control();
    ArmTally challenger = test.analysis().tally().challenger();
    long units = control.units() + challenger.units();
    return new AbTestView(
        test.id(),
        test.model().value(),
        test.state().wireName(),
        test.verdict().wireName(),
        test.version(),
        test.digest(),
        test.control().map(Control::version).orElse(null),
        test.control().map(Control::digest).orElse(null),
        new MetricView(
            design.metric(), wire(design.kind()), wire(design.direction()), wire(design.trials())),
        method(design.kind()),
        design.weight().bps(),
        design.alpha(),
        design.expectedDifference(),
        design.margin().orElse(null),
        design.maxDuration().toString(),
        arm(design.kind(), design.trials(), control, between.value0()),
        arm(design.kind(), design.trials(), challenger, between.value1()),
        uncounted(test.analysis().tally().uncounted()),
        comparison(test, between),
        guardrails(test),
        new RatioView(
            design.weight().bps() / 10_000.0,
            units == 0 ? null : (double) challenger.units() / units,
            test.analysis().ratioPValue(),
            SampleRatio.ALARM),
        test.analysis().number(),
        test.analysis().number() == 0 ? null : test.analysis().at().toString(),
        test.control().map(Control::revision).orElse(null),
        test.reason().orElse(null),
        test.requestedBy(),
        test.requestedAt().toString(),
        test.startedAt().map(Instant::toString).orElse(null),
        test.endedAt().map(Instant::toString).orElse(null));
  }

  private static ArmView arm(Kind kind, Trials trials, ArmTally arm, double value) {
    boolean binary = kind == Kind.BINARY;
    @Nullable Double known = trials.of(arm) == 0 ? null : value;
    return new ArmView(
        arm.units(),
        arm.outcomes(),
        binary ? arm.events() : null,
        binary ? known : null,
        known,
        arm.contradicted());
  }

  private static List<GuardrailView> guardrails(AbTest test) {
    double alpha = test.design().guardrailAlpha();
    return test.design().guardrails().stream()
        .map(
            guardrail -> {
              GuardrailTally tally = test.analysis().tally().of(guardrail);
              Difference between = guardrail.difference(tally);
              boolean enough = between.isEnough();
              double half =
                  enough
                      ? new MixtureTest(alpha, guardrail.expectedDifference())
                          .halfWidth(between.standardError())
                      : 0;
              return new GuardrailView(
                  new MetricView(
                      guardrail.metric(),
                      wire(guardrail.kind()),
                      wire(guardrail.direction()),
                      wire(guardrail.trials())),
                  guardrail.margin(),
                  guardrail.expectedDifference(),
                  alpha,
                  guardrail.finding(tally, alpha).wireName(),
                  arm(guardrail.kind(), guardrail.trials(), tally.control(), between.value0()),
                  arm(guardrail.kind(), guardrail.trials(), tally.challenger(), between.value1()),
                  enough ? between.difference() : null,
                  enough ? between.difference() - half : null,
                  enough ? between.difference() + half : null);
            })
        .toList();
  }

  private static UncountedView uncounted(Uncounted none) {
    return new UncountedView(none.waiting(), none.dropped(), none.tooOld());
  }

  private static MethodView method(Kind kind) {
    return switch (kind) {
      case BINARY ->
          new MethodView(
              "mixture sequential test of two rates, variance pooled; always valid",
              "Johari, Koomen, Pekelis, Walsh 2022, doi:10.1287/opre.2021.2135; Robbins 1970");
      case MEAN ->
          new MethodView(
              "asymptotic confidence sequence of a difference of means; valid at every look from 100 units an arm on",
              ASYMPTOTIC);
      case RATIO ->
          new MethodView(
              "asymptotic confidence sequence of a difference of ratios, variance by the delta method; valid at every look from 100 units an arm on",
              ASYMPTOTIC + "; Deng, Knoblich, Lu 2018, doi:10.1145/3219819.3219919");
    };
  }

  private static @Nullable ComparisonView comparison(AbTest test, Difference between) {
    if (!between.isEnough()) {
      return null;
    }
    double half = test.design().test().halfWidth(between.standardError());
    return new ComparisonView(
        between.difference(),
        between.standardError(),
        between.difference() - half,
        between.difference() + half,
        test.analysis().pValue());
  }

  private static String wire(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
