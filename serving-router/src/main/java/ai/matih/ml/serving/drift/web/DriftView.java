package ai.matih.ml.serving.drift.web;

import ai.matih.ml.serving.drift.ArmComparison;
import ai.matih.ml.serving.drift.Divergence;
import ai.matih.ml.serving.drift.DriftReport;
import ai.matih.ml.serving.drift.JudgedArm;
import ai.matih.ml.serving.drift.JudgedFeature;
import ai.matih.ml.serving.drift.Severity;
import ai.matih.ml.serving.sketch.Reference;
import ai.matih.ml.serving.sketch.TimeWindow;
import ai.matih.ml.serving.sketch.Watched;
import ai.matih.ml.serving.sketch.Watched.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A drift report on the wire.
 *
 * @param from when the earliest counts begin: slots and hours are whole
 * @param severity the worst of all arms that get traffic
 * @param cause why inputs drifted, as far as the arms tell it together
 * @param computedOn what the numbers are made of
 * @param falseAlarmRate how likely an arm in which nothing changed is called drifted, per look
 * @param minRows with fewer rows nothing is said
 * @param note why there is nothing to see, where there is not
 */
record DriftView(
    String modelId,
    String window,
    String from,
    String to,
    String severity,
    String cause,
    String causeInWords,
    String computedOn,
    double falseAlarmRate,
    long minRows,
    @Nullable String note,
    List<ArmView> arms,
    List<ComparisonView> comparisons) {

  private static final String COMPUTED_ON =
      "counts per bin of the reference profile, not single values; formulas: docs/concepts/drift.md";

  /**
   * One version under the name of its share.
   *
   * @param drifted names of inputs and answers that are at least low
   * @param leftOut inputs that are not watched
   */
  record ArmView(
      long version,
      String variant,
      String digest,
      long requests,
      long rows,
      String severity,
      List<String> drifted,
      int leftOut,
      @Nullable String note,
      List<FeatureView> inputs,
      List<FeatureView> answers) {}

  /**
   * One input or answer against what training saw.
   *
   * @param rows that were counted, those without a value included
   * @param referenceRows rows of the reference
   * @param referenceRowsAssumed whether the profile does not say how many, so that they are guessed
   * @param psi population stability index
   * @param psiByChance what it is on average when nothing changed
   * @param psiExcess what chance does not explain; the severity's bands are of this
   * @param jensenShannon distance, from 0 to 1
   * @param wasserstein in the input's own unit
   * @param wassersteinInSd in standard deviations of the reference
   * @param missingRate share without a value
   * @param outOfRangeRate share beyond all that training saw
   * @param unlistedRate share of texts that are none of the listed categories
   * @param unlistedExpected the same in training; 0 means that each such text is a new one
   */
  record FeatureView(
      String name,
      String type,
      String severity,
      long rows,
      long referenceRows,
      boolean referenceRowsAssumed,
      double psi,
      double psiByChance,
      double psiExcess,
      double jensenShannon,
      ChiSquareView chiSquare,
      @Nullable KolmogorovView kolmogorovSmirnov,
      @Nullable Double wasserstein,
      @Nullable Double wassersteinInSd,
      double missingRate,
      double missingExpected,
      @Nullable Double outOfRangeRate,
      @Nullable Double outOfRangeExpected,
      @Nullable Double unlistedRate,
      @Nullable Double unlistedExpected,
      List<BinView> bins) {}

  /**
   * Pearson's test on the bins, joined where they are too thin.
   *
   * @param pAdjusted after Holm, for all inputs and answers of the arm
   */
  record ChiSquareView(double statistic, int degreesOfFreedom, double pValue, double pAdjusted) {}

  record KolmogorovView(double statistic, double pValue) {}

  /**
   * One bin.
   *
   * @param what {@code missing}, {@code below}, {@code bin}, {@code above}, {@code category},
   *     {@code other}
   * @param from lower edge, included
   * @param to upper edge, not included but for the last bin's
   * @param expected share in training
   * @param observed share now
   */
  record BinView(
      String what,
      @Nullable Double from,
      @Nullable Double to,
      @Nullable String category,
      double expected,
      double observed,
      long count) {}

  /**
   * One input on all arms together.
   *
   * @param method {@code chi_square} on the same bins, {@code means} where the versions have
   *     different ones, {@code none} with fewer than two arms
   * @param pValue of the arms being alike, after Holm
   * @param armsDiffer whether the arms see different values
   */
  record ComparisonView(
      String input, String method, @Nullable Double pValue, boolean armsDiffer, String cause) {}

  static DriftView of(
      String model,
      TimeWindow window,
      DriftReport report,
      Optional<Long> version,
      Optional<String> variant) {
    List<ArmView> arms =
        report.arms().stream()
            .filter(
                arm ->
                    version.map(v -> v == arm.counted().arm().version()).orElse(true)
                        && variant.map(arm.counted().arm().variant()::equals).orElse(true))
            .map(arm -> arm(arm, report))
            .toList();
    return new DriftView(
        model,
        window.wireName(),
        report.from().toString(),
        report.to().toString(),
        report.severity().wireName(),
        report.cause().wireName(),
        report.cause().sentence(),
        COMPUTED_ON,
        report.rules().falseAlarmRate(),
        report.rules().minRows(),
        arms.isEmpty() ? "No prediction was counted here in this window." : null,
        arms,
        report.comparisons().stream().map(DriftView::comparison).toList());
  }

  private static ArmView arm(JudgedArm arm, DriftReport report) {
    Reference reference = arm.counted().reference();
    return new ArmView(
        arm.counted().arm().version(),
        arm.counted().arm().variant(),
        arm.counted().arm().digest(),
        arm.counted().tally().answered(),
        arm.counted().tally().rows(),
        arm.severity().wireName(),
        arm.judged().stream()
            .filter(feature -> feature.severity().isAtLeast(Severity.LOW))
            .map(JudgedFeature::name)
            .toList(),
        reference.leftOut(),
        note(arm, report),
        arm.inputs().map(DriftView::feature).toList(),
        arm.answers().map(DriftView::feature).toList());
  }

  private static @Nullable String note(JudgedArm arm, DriftReport report) {
    if (!arm.counted().reference().profiled()) {
      return "Version %d has no reference profile among its files, so there is nothing to compare with; a version trained or prepared here has one."
          .formatted(arm.counted().arm().version());
    }
    long rows = arm.counted().tally().rows();
    return rows < report.rules().minRows()
        ? "%d rows are too few; nothing is said below %d.".formatted(rows, report.rules().minRows())
        : null;
  }

  private static FeatureView feature(JudgedFeature judged) {
    Divergence found = judged.divergence();
    Watched watched = found.watched();
    boolean numbers = watched.kind() == Kind.NUMBERS;
    int last = watched.cells() - 1;
    boolean ranged = numbers && !watched.edges().isEmpty();
    return new FeatureView(
        judged.name(),
        numbers ? "number" : "text",
        judged.severity().wireName(),
        found.rows(),
        watched.rows(),
        watched.rowsAssumed(),
        found.stabilityIndex(),
        found.expectedIndex(),
        found.excessIndex(),
        found.jensenShannon(),
        new ChiSquareView(
            found.chiSquare().statistic(),
            found.chiSquare().degreesOfFreedom(),
            found.chiSquare().pValue(),
            judged.adjustedPValue()),
        found.kolmogorov().map(k -> new KolmogorovView(k.statistic(), k.pValue())).orElse(null),
        found.wasserstein().orElse(null),
        found
            .wasserstein()
            .flatMap(w -> found.spread().filter(spread -> spread > 0).map(spread -> w / spread))
            .orElse(null),
        observed(found, Watched.MISSING),
        watched.expected().get(Watched.MISSING),
        ranged ? observed(found, 1) + observed(found, last) : null,
        ranged ? watched.expected().get(1) + watched.expected().get(last) : null,
        numbers ? null : observed(found, last),
        numbers ? null : watched.expected().get(last),
        bins(found));
  }

  private static double observed(Divergence found, int cell) {
    return (double) found.live()[cell] / found.rows();
  }

  private static List<BinView> bins(Divergence found) {
    Watched watched = found.watched();
    boolean numbers = watched.kind() == Kind.NUMBERS;
    int last = watched.cells() - 1;
    List<BinView> bins = new ArrayList<>();
    for (int cell = 0; cell <= last; cell++) {
      @Nullable Double from = null;
      @Nullable Double to = null;
      @Nullable String category = null;
      String what;
      if (cell == Watched.MISSING) {
        what = "missing";
      } else if (numbers) {
        List<Double> edges = watched.edges();
        from = cell >= 2 ? edges.get(cell - 2) : null;
        to = cell - 1 < edges.size() ? edges.get(cell - 1) : null;
        what = edges.isEmpty() || cell == last ? "above" : cell == 1 ? "below" : "bin";
      } else {
        category = cell < last ? watched.categories().get(cell - 1) : null;
        what = cell < last ? "category" : "other";
      }
      bins.add(
          new BinView(
              what,
              from,
              to,
              category,
              watched.expected().get(cell),
              observed(found, cell),
              found.live()[cell]));
    }
    return bins;
  }

  private static ComparisonView comparison(ArmComparison comparison) {
    return new ComparisonView(
        comparison.name(),
        comparison.method().name().toLowerCase(Locale.ROOT),
        comparison.pValue().orElse(null),
        comparison.differ(),
        comparison.cause().wireName());
  }
}
