package ai.matih.ml.serving.bundlecheck;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.bundle.GoldenRows.Answer;
import ai.matih.ml.bundle.GoldenRows.Row;
import ai.matih.ml.bundle.ReferenceProfile;
import ai.matih.ml.bundle.ReferenceProfile.Numbers;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.bundlecheck.Check.Outcome;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.fixture.TestBundles;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values at the edge of what a caller may send ... */
class BoundaryValuesTests {

  private static final Bundle REGRESSION =
      LocalBundles.readVerified(
          TestBundles.folder("regression"), TestBundles.artifact("acme", "regression").digest());
  private static final Signature SIGNATURE = REGRESSION.signature();
  private static final String COLUMN =
      SIGNATURE.columns().stream()
          .filter(column -> column.type() == ColumnType.DOUBLE)
          .findFirst()
          .orElseThrow()
          .name();

  /** A model of one column, in 32 bits as engines compute. */
  private record OneColumn(DoubleUnaryOperator formula) implements ScoringModel {
    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public Scores score(Batch batch) {
      float[] values = new float[batch.rows() * SIGNATURE.width()];
      for (int row = 0; row < batch.rows(); row++) {
        values[row] = (float) formula.applyAsDouble(batch.number(row, SIGNATURE.position(COLUMN)));
      }
      return new Scores(SIGNATURE, batch.rows(), values);
    }

    @Override
    public void close() {}
  }

  private static Check check(DoubleUnaryOperator formula, double lowest, double highest) {
    return new BoundaryValues(
            new OneColumn(formula),
            bundle(
                lowest,
                Optional.of(
                    new ReferenceProfile(
                        100,
                        Map.of(COLUMN, new Numbers(0, List.of(lowest, highest), List.of(1.0)))))))
        .check();
  }

  private static Bundle bundle(double usual, Optional<ReferenceProfile> profile) {
    List<Row> rows =
        IntStream.range(0, 50)
            .mapToObj(i -> new Row(Map.of(COLUMN, usual), new Answer(1.0, List.of())))
            .toList();
    return new Bundle(
        REGRESSION.digest(), SIGNATURE, new GoldenRows(0.0001, 1, rows), profile, Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({"1e-3", "1e-6", "1e-12", "1e-30"})
  void do_not_bar_a_linear_model_by_the_unit_of_a_column(double deviation) {
    Check check = check(x -> (float) (x / deviation), 0, 10 * deviation);
    assertThat(check.outcome()).as(check.detail()).isEqualTo(Outcome.PASSED);
    assertThat(check.detail()).contains("For your information", COLUMN);
    assertThat(check.measured()).containsKey("without_number");
  }

  @ParameterizedTest
  @CsvSource({"0, 10, 10", "0, 10, 20", "-5, 5, -5", "-5, 5, -15", "3, 7, 3"})
  void bar_a_model_that_has_no_answer_where_its_training_rows_end(
      double lowest, double highest, double hole) {
    Check check = check(x -> x == hole ? Double.NaN : x, lowest, highest);
    assertThat(check.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(check.detail()).contains(COLUMN, String.valueOf(hole));
  }

  @Test
  void do_not_imply_a_sign_that_the_training_rows_never_had() {
    assertThat(check(Math::log, 50_000, 2_000_000).passed()).isTrue();
    assertThat(check(x -> Math.sqrt(-x), -9, -1).passed()).isTrue();
  }

  @Test
  void only_inform_where_the_training_rows_are_not_known() {
    Check check =
        new BoundaryValues(
                new OneColumn(x -> Math.abs(x) > 10 ? Double.NaN : x),
                bundle(1.0, Optional.empty()))
            .check();
    assertThat(check.passed()).isTrue();
    assertThat(check.detail()).contains("no reference profile", COLUMN);
  }

  @Test
  void are_not_tried_without_a_row_to_vary() {
    Bundle none =
        new Bundle(
            REGRESSION.digest(),
            SIGNATURE,
            new GoldenRows(0.0001, 1, List.of()),
            Optional.empty(),
            Optional.empty());
    assertThat(new BoundaryValues(new OneColumn(x -> x), none).check().outcome())
        .isEqualTo(Outcome.NOT_RUN);
  }
}
