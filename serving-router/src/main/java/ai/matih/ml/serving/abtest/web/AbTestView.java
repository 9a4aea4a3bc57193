package ai.matih.ml.serving.abtest.web;

import ai.matih.ml.serving.abtest.AbTest;
import ai.matih.ml.serving.abtest.AbTest.Control;
import ai.matih.ml.serving.abtest.AbTestDesign;
import ai.matih.ml.serving.abtest.ArmTally;
import ai.matih.ml.serving.abtest.RateDifference;
import ai.matih.ml.serving.abtest.SampleRatio;
import java.time.Instant;
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
    int weightBps,
    double alpha,
    double expectedDifference,
    @Nullable Double margin,
    String maxDuration,
    ArmView control,
    ArmView challenger,
    @Nullable ComparisonView comparison,
    RatioView sampleRatio,
    long looks,
    @Nullable String lookedAt,
    @Nullable Long trafficRevision,
    @Nullable String reason,
    String requestedBy,
    String requestedAt,
    @Nullable String startedAt,
    @Nullable String endedAt) {

  record MetricView(String name, String kind, String direction, String trials) {}

  /**
   * One arm.
   *
   * @param units that it answered; each counts once
   * @param outcomes units among them whose outcome is known
   * @param events positive outcomes
   * @param rate events out of the metric's trials
   * @param contradicted units about which two different things were told; the first one counts
   */
  record ArmView(
      long units, long outcomes, long events, @Nullable Double rate, long contradicted) {}

  /**
   * Challenger less control; absent while there are fewer than five expected events, or non-events,
   * on an arm.
   *
   * @param lower end of the confidence sequence: it holds at all analyses together
   * @param pValue always valid: the smallest of all analyses so far
   */
  record ComparisonView(
      double difference, double standardError, double lower, double upper, double pValue) {}

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
    RateDifference rates = design.rates(test.analysis().tally());
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
        new MetricView(design.metric(), "binary", wire(design.direction()), wire(design.trials())),
        design.weight().bps(),
        design.alpha(),
        design.expectedDifference(),
        design.margin().orElse(null),
        design.maxDuration().toString(),
        arm(control, rates.trials0(), rates.rate0()),
        arm(challenger, rates.trials1(), rates.rate1()),
        comparison(test, rates),
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

  private static ArmView arm(ArmTally arm, long trials, double rate) {
    return new ArmView(
        arm.units(), arm.outcomes(), arm.events(), trials == 0 ? null : rate, arm.contradicted());
  }

  private static @Nullable ComparisonView comparison(AbTest test, RateDifference rates) {
    if (!rates.isEnough()) {
      return null;
    }
    double half = test.design().test().halfWidth(rates.standardError());
    return new ComparisonView(
        rates.difference(),
        rates.standardError(),
        rates.difference() - half,
        rates.difference() + half,
        test.analysis().pValue());
  }

  private static String wire(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
