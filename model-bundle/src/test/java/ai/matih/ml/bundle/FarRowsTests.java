package ai.matih.ml.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.GoldenRows.Answer;
import ai.matih.ml.bundle.GoldenRows.Comparison;
import ai.matih.ml.bundle.GoldenRows.Row;
import ai.matih.ml.bundle.ReferenceProfile.Numbers;
import ai.matih.ml.bundle.ReferenceProfile.Texts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows far from all training rows ... */
class FarRowsTests {

  private static final ReferenceProfile PROFILE =
      new ReferenceProfile(
          100,
          Map.of(
              "age", new Numbers(0, List.of(18.0, 40.0, 90.0), List.of(0.5, 0.5)),
              "debt", new Numbers(0, List.of(-10.0, 10.0), List.of(1.0)),
              "empty", new Numbers(1, List.of(), List.of()),
              "plan", new Texts(0, Map.of("pro", 1.0), 0)));

  private static Row row(String column, Object value) {
    return new Row(Map.of(column, value), new Answer(3.0, List.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "age, 18, false",
    "age, 90, false",
    "age, 162, false",
    "age, 163, true",
    "age, 17, true",
    "age, 1e30, true",
    "debt, -30, false",
    "debt, -31, true",
    "empty, 1e30, false",
    "unknown, 1e30, false"
  })
  void have_a_number_outside_of_what_training_saw_and_as_far_again(
      String column, double value, boolean far) {
    assertThat(PROFILE.isFarFrom(row(column, value))).isEqualTo(far);
  }

  @Test
  void are_not_made_by_texts_and_truth_values() {
    assertThat(PROFILE.isFarFrom(row("plan", "no such plan"))).isFalse();
    assertThat(PROFILE.isFarFrom(row("age", true))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void may_come_back_without_a_number_and_others_may_not(double answer) {
    GoldenRows golden = new GoldenRows(0.001, 1, List.of(row("age", 1e30), row("age", 40)));
    Answer none = new Answer(answer, List.of());
    Answer right = new Answer(3.0, List.of());
    Comparison far = golden.compare(List.of(none, right), PROFILE::isFarFrom);
    assertThat(far.equal()).isTrue();
    assertThat(far.withoutNumber()).isEqualTo(1);
    assertThat(golden.compare(List.of(right, none), PROFILE::isFarFrom).differing()).isEqualTo(1);
    assertThat(golden.compare(List.of(none, right)).differing()).isEqualTo(1);
  }

  @Test
  void have_to_agree_where_a_number_comes_back() {
    GoldenRows golden = new GoldenRows(0.001, 1, List.of(row("age", 1e30)));
    assertThat(golden.compare(List.of(new Answer(4.0, List.of())), PROFILE::isFarFrom).differing())
        .isEqualTo(1);
  }

  @Test
  void may_lack_a_probability() {
    GoldenRows golden =
        new GoldenRows(
            0.001, 1, List.of(new Row(Map.of("age", 1e30), new Answer("yes", List.of(0.2, 0.8)))));
    Answer none = new Answer("no", List.of(Double.NaN, Double.NaN));
    assertThat(golden.compare(List.of(none), PROFILE::isFarFrom).equal()).isTrue();
  }
}
