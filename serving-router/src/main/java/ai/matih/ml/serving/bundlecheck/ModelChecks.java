package ai.matih.ml.serving.bundlecheck;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.bundle.GoldenRows.Answer;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.bundlecheck.Check.Name;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.GoldenBatch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringFailed;
import ai.matih.ml.serving.engine.ScoringModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The checks that run the model itself. Each one is announced before it begins, because the process
 * that runs it may not live to tell the result.
 */
public final class ModelChecks {

  private final Function<Bundle, ScoringModel> engine;
  private final CheckLimits limits;
  private final Consumer<Name> begins;
  private final Consumer<Check> ended;

  /**
   * @param engine loads the bundle; the one who calls closes the model
   * @param begins told of each check before it begins
   * @param ended told of each check with its result
   */
  public ModelChecks(
      Function<Bundle, ScoringModel> engine,
      CheckLimits limits,
      Consumer<Name> begins,
      Consumer<Check> ended) {
    this.engine = engine;
    this.limits = limits;
    this.begins = begins;
    this.ended = ended;
  }

  /** Runs what can be run; stops at the first check without which the others make no sense. */
  public void run(Bundle bundle) {
    begins.accept(Name.LOADS);
    ScoringModel model;
    try {
      model = engine.apply(bundle);
    } catch (BundleRefused refused) {
      // A model that opens but is not what the signature says has loaded, but is wrong.
      if (refused.part() == BundleRefused.Part.SIGNATURE) {
        ended.accept(Check.passed(Name.LOADS, "The model opens.", Map.of()));
        ended.accept(Check.failed(Name.SIGNATURE, refused.reason()));
      } else {
        ended.accept(Check.failed(Name.LOADS, refused.reason()));
      }
      return;
    }
    try (model) {
      ended.accept(
          Check.passed(
              Name.LOADS,
              "The model opens.",
              Map.of("model_bytes", bundle.onnx().map(onnx -> onnx.content().length).orElse(0))));
      check(Name.GOLDEN_ROWS, () -> goldenRows(model, bundle));
      check(Name.DETERMINISM, () -> determinism(model, bundle.golden()));
      check(Name.MISSING_VALUES, () -> missingValues(model, bundle.golden()));
      check(Name.BOUNDARY_VALUES, () -> new BoundaryValues(model, bundle).check());
      check(Name.LATENCY, () -> latency(model, bundle.golden()));
    }
  }

  private void check(Name name, Supplier<Check> work) {
    begins.accept(name);
    Check check;
    try {
      check = work.get();
    } catch (BundleRefused refused) {
      check = Check.failed(name, refused.reason());
    } catch (ScoringFailed failed) {
      check = Check.failed(name, String.valueOf(failed.getMessage()));
    }
    ended.accept(check);
  }

  private Check goldenRows(ScoringModel model, Bundle bundle) {
    GoldenRows golden = bundle.golden();
    if (golden.rows().size() < limits.minGoldenRows()) {
      return Check.notRun(
          Name.GOLDEN_ROWS,
          "Nothing was compared: the bundle has %d golden rows; %d are needed."
              .formatted(golden.rows().size(), limits.minGoldenRows()));
    }
    GoldenRows.Comparison result = GoldenBatch.play(bundle, model);
    Map<String, Object> measured =
        Map.of(
            "rows", result.rows(),
            "differing", result.differing(),
            "without_number", result.withoutNumber(),
            "max_difference", finite(result.maxDifference()),
            "tolerance", golden.tolerance(),
            "scale", golden.scale());
    return result.equal()
        ? Check.passed(
            Name.GOLDEN_ROWS,
            "All %d golden rows reproduce the trained model's answers.".formatted(result.rows()),
            measured)
        : Check.failed(
            Name.GOLDEN_ROWS,
            "%d of %d golden rows come out differently. %s"
                .formatted(result.differing(), result.rows(), first(result)),
            measured);
  }

  private static String first(GoldenRows.Comparison result) {
    return result
        .first()
        .map(first -> "Row %d: the model %s.".formatted(first.row() + 1, first.what()))
        .orElse("");
  }

  /** All rows at once twice, to the bit, and one row after the other. */
  private static Check determinism(ScoringModel model, GoldenRows golden) {
    int rows = golden.rows().size();
    Scores together = model.score(GoldenBatch.of(golden, model.signature()));
    Scores again = model.score(GoldenBatch.of(golden, model.signature()));
    if (!Arrays.equals(together.values(), again.values())) {
      return Check.failed(Name.DETERMINISM, "The same rows gave other answers the second time.");
    }
    List<Answer> alone = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      Batch one = GoldenBatch.of(golden, model.signature(), row, row + 1);
      alone.addAll(GoldenBatch.answers(model.score(one)));
    }
    GoldenRows.Comparison comparison =
        golden.answered(GoldenBatch.answers(together)).compare(alone);
    Map<String, Object> measured =
        Map.of("rows", rows, "max_difference_alone", finite(comparison.maxDifference()));
    // Batches may be computed by other vector code; more than its rounding is not the same model.
    return comparison.equal()
        ? Check.passed(Name.DETERMINISM, "The same rows give the same answers.", measured)
        : Check.failed(
            Name.DETERMINISM, "A row alone is answered differently than among others.", measured);
  }

  /** Only what may be missing is left out: a library may refuse a batch for one value. */
  private static Check missingValues(ScoringModel model, GoldenRows golden) {
    Signature signature = model.signature();
    List<Integer> lacking = new ArrayList<>();
    for (int column = 0; column < signature.columns().size(); column++) {
      if (signature.columns().get(column).nullable()) {
        lacking.add(column);
      }
    }
    boolean everything = lacking.size() == signature.columns().size();
    int rows = lacking.size() + (everything ? 1 : 0);
    if (rows == 0) {
      return Check.passed(Name.MISSING_VALUES, "No input may be missing.", Map.of("rows", 0));
    }
    // Row i lacks one column; the last row lacks everything, where that may be.
    Batch batch = new Batch(signature, rows);
    for (int row = 0; row < lacking.size(); row++) {
      for (int column = 0; column < signature.columns().size(); column++) {
        if (column != lacking.get(row)) {
          set(batch, row, column, golden);
        }
      }
    }
    Scores scores = model.score(batch);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < signature.width(); i++) {
        if (!Float.isFinite(scores.value(row, i))) {
          return Check.failed(
              Name.MISSING_VALUES,
              row == lacking.size()
                  ? "The answer is no number when everything is missing."
                  : "The answer is no number when %s is missing."
                      .formatted(signature.columns().get(lacking.get(row)).name()));
        }
      }
    }
    return Check.passed(
        Name.MISSING_VALUES,
        "Every input that may be missing can be, one by one.",
        Map.of("rows", rows));
  }

  /** The first value that a golden row has, which the model knows. */
  private static void set(Batch batch, int row, int column, GoldenRows golden) {
    Column input = batch.signature().columns().get(column);
    Object value =
        golden.rows().stream()
            .map(known -> known.inputs().get(input.name()))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(input.type() == ColumnType.STRING ? "never seen" : 1);
    switch (value) {
      case Number number -> batch.number(row, column, number.doubleValue());
      case Boolean flag -> batch.number(row, column, flag ? 1 : 0);
      default -> batch.text(row, column, value.toString());
    }
  }

  private Check latency(ScoringModel model, GoldenRows golden) {
    int calls = limits.timedCalls();
    long[] nanos = new long[calls];
    for (int i = -calls * 2 / 3; i < calls; i++) {
      int row = Math.floorMod(i, golden.rows().size());
      Batch one = GoldenBatch.of(golden, model.signature(), row, row + 1);
      long start = System.nanoTime();
      model.score(one);
      if (i >= 0) {
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    Duration p95 = Duration.ofNanos(nanos[calls * 95 / 100]);
    Map<String, Object> measured =
        Map.of(
            "p50_ms", millis(nanos[calls / 2]),
            "p95_ms", millis(p95.toNanos()),
            "budget_ms", millis(limits.latencyBudget().toNanos()));
    return p95.compareTo(limits.latencyBudget()) <= 0
        ? Check.passed(
            Name.LATENCY,
            "95 of 100 rows take %s ms or less.".formatted(millis(p95.toNanos())),
            measured)
        : Check.failed(
            Name.LATENCY,
            "95 of 100 rows take up to %s ms, over the budget.".formatted(millis(p95.toNanos())),
            measured);
  }

  private static double millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0;
  }

  private static double finite(double value) {
    return Double.isFinite(value) ? value : Double.MAX_VALUE;
  }
}
