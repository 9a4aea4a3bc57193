package ai.matih.ml.serving.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers of a shadow beside those that callers got ... */
class ComparisonTests {

  private static Signature signature(Task task, List<Object> classes, Column... columns) {
    return new Signature(
        2,
        task,
        columns.length == 0 ? List.of(new Column("x", ColumnType.DOUBLE, true)) : List.of(columns),
        classes,
        Optional.empty());
  }

  private static Scores scores(List<Object> classes, float... values) {
    Signature signature =
        signature(classes.isEmpty() ? Task.REGRESSION : Task.CLASSIFICATION, classes);
    return new Scores(signature, values.length / signature.width(), values);
  }

  @Test
  void agree_where_the_class_is_the_same_and_shift_by_the_largest_difference() {
    List<Object> classes = List.of("no", "yes");
    Comparison comparison =
        Comparison.of(
                scores(classes, 0.9f, 0.1f, 0.6f, 0.4f), scores(classes, 0.7f, 0.3f, 0.4f, 0.6f))
            .orElseThrow();
    assertThat(comparison.rows()).isEqualTo(2);
    assertThat(comparison.classRows()).isEqualTo(2);
    assertThat(comparison.agreed()).isEqualTo(1);
    assertThat(comparison.shiftSum()).isCloseTo(0.4, within(1e-6));
    assertThat(comparison.shiftMax()).isCloseTo(0.2, within(1e-6));
  }

  @Test
  void know_classes_by_their_names_and_one_that_is_missing_as_never_answered() {
    Comparison turned =
        Comparison.of(
                scores(List.of("no", "yes"), 0.9f, 0.1f), scores(List.of("yes", "no"), 0.1f, 0.9f))
            .orElseThrow();
    assertThat(turned.agreed()).isEqualTo(1);
    assertThat(turned.shiftMax()).isZero();

    Comparison another =
        Comparison.of(scores(List.of(0, 1), 0.6f, 0.4f), scores(List.of(0, 1, 2), 0.2f, 0.1f, 0.7f))
            .orElseThrow();
    assertThat(another.agreed()).isZero();
    assertThat(another.shiftMax()).isCloseTo(0.7, within(1e-6));
  }

  @Test
  void have_no_agreement_where_they_are_numbers() {
    Comparison comparison =
        Comparison.of(scores(List.of(), 1, 2), scores(List.of(), 1.5f, 1)).orElseThrow();
    assertThat(comparison.classRows()).isZero();
    assertThat(comparison.shiftSum()).isEqualTo(1.5);
    assertThat(comparison.shiftMax()).isEqualTo(1);
  }

  @Test
  void cannot_be_compared_with_another_task_or_without_a_number() {
    assertThat(Comparison.of(scores(List.of(0, 1), 0.5f, 0.5f), scores(List.of(), 1))).isEmpty();
    assertThat(Comparison.of(scores(List.of(), Float.NaN), scores(List.of(), 1))).isEmpty();
    assertThat(Comparison.of(scores(List.of(), 1), scores(List.of(), Float.POSITIVE_INFINITY)))
        .isEmpty();
  }

  @Test
  void rest_on_the_same_rows_by_the_names_of_the_inputs() {
    Column number = new Column("n", ColumnType.LONG, false);
    Column text = new Column("t", ColumnType.STRING, true);
    Batch live = new Batch(signature(Task.REGRESSION, List.of(), number, text), 1);
    live.number(0, 0, 7);
    live.text(0, 1, "a");

    Column missing = new Column("m", ColumnType.DOUBLE, true);
    Signature wanted = signature(Task.REGRESSION, List.of(), text, missing, number);
    assertThat(ShadowInputs.of(live, wanted, Map.of())).as("m comes from nowhere").isEmpty();
    Batch copy = ShadowInputs.of(live, wanted, Map.of("m", 3)).orElseThrow();
    assertThat(copy.text(0, 0)).isEqualTo("a");
    assertThat(copy.number(0, 1)).isEqualTo(3);
    assertThat(copy.number(0, 2)).isEqualTo(7);
    Map<String, Object> absent = new HashMap<>();
    absent.put("m", null);
    assertThat(ShadowInputs.of(live, wanted, absent).orElseThrow().number(0, 1)).isNaN();

    Column other = new Column("n", ColumnType.STRING, true);
    assertThat(ShadowInputs.of(live, signature(Task.REGRESSION, List.of(), other), Map.of()))
        .as("n is a text there")
        .isEmpty();
    Batch without = new Batch(signature(Task.REGRESSION, List.of(), missing), 1);
    Column needed = new Column("m", ColumnType.DOUBLE, false);
    assertThat(ShadowInputs.of(without, signature(Task.REGRESSION, List.of(), needed), Map.of()))
        .as("m may not be missing there")
        .isEmpty();
  }
}
