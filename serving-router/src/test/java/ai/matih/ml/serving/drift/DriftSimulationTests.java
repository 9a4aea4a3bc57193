package ai.matih.ml.serving.drift;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.sketch.Arm;
import ai.matih.ml.serving.sketch.CountedArm;
import ai.matih.ml.serving.sketch.Reference;
import ai.matih.ml.serving.sketch.Tally;
import ai.matih.ml.serving.sketch.Watched;
import ai.matih.ml.serving.sketch.Watched.Kind;
import ai.matih.ml.serving.sketch.Watched.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Verdicts on windows whose truth is known, from fixed seeds. */
class DriftSimulationTests {

  private static final int INPUTS = 20;

  /** A thousand windows of twenty inputs each, with as many rows as there are few and many. */
  @ParameterizedTest
  @CsvSource({"400,100", "400,1000", "2000,100", "2000,1000"})
  void nothing_is_said_of_a_population_that_did_not_change(int trained, int rows) {
    SplittableRandom random = new SplittableRandom(trained * 31L + rows);
    int drifted = 0;
    for (int window = 0; window < 1000; window++) {
      // Another training each time, since its own chance is part of the rate.
      Reference reference = reference(trained, random);
      JudgedArm arm = judge(reference, rows, random, value -> value, "stable");
      drifted += arm.severity().isAtLeast(Severity.LOW) ? 1 : 0;
    }
    assertThat(drifted).isZero();
  }

  /** As many rows as docs/concepts/drift.md says. */
  @ParameterizedTest
  @CsvSource({"400,2500", "1000,500", "5000,400"})
  void half_a_standard_deviation_is_found_in_so_many_rows(int trained, int rows) {
    SplittableRandom random = new SplittableRandom(trained * 17L + rows);
    int found = 0;
    for (int window = 0; window < 300; window++) {
      Reference reference = reference(trained, random);
      JudgedArm arm = judge(reference, rows, random, value -> value + 0.5, "stable");
      found += arm.judged().getFirst().severity().isAtLeast(Severity.LOW) ? 1 : 0;
    }
    assertThat(found).isGreaterThanOrEqualTo(297);
  }

  @Test
  void thirty_rows_say_nothing_whatever_they_are() {
    SplittableRandom random = new SplittableRandom(1);
    JudgedArm arm = judge(reference(1000, random), 30, random, value -> value + 3, "stable");

    assertThat(arm.severity()).isEqualTo(Severity.INSUFFICIENT_DATA);
  }

  @Test
  void only_the_shifted_input_is_named() {
    SplittableRandom random = new SplittableRandom(2);
    JudgedArm arm = judge(reference(1000, random), 2000, random, value -> value + 1, "stable");

    assertThat(arm.judged().getFirst().severity()).isEqualTo(Severity.CRITICAL);
    assertThat(arm.judged().stream().skip(1).map(JudgedFeature::severity))
        .containsOnly(Severity.NONE);
  }

  /** What lies above all that training saw is a cell of its own. */
  @Test
  void the_top_tenth_times_a_thousand_is_found() {
    SplittableRandom random = new SplittableRandom(3);
    JudgedArm arm =
        judge(
            reference(1000, random),
            2000,
            random,
            value -> value > 1.2816 ? value * 1000 : value,
            "stable");

    assertThat(arm.judged().getFirst().severity()).isGreaterThanOrEqualTo(Severity.HIGH);
  }

  @Test
  void a_shift_of_all_arms_is_the_population_and_one_of_one_arm_is_the_arm() {
    SplittableRandom random = new SplittableRandom(4);
    Reference reference = reference(2000, random);
    JudgedArm stable = judge(reference, 3000, random, value -> value, "stable");
    JudgedArm movedStable = judge(reference, 3000, random, value -> value + 0.7, "stable");
    JudgedArm movedChallenger = judge(reference, 2000, random, value -> value + 0.7, "challenger");

    assertThat(cause(movedStable, movedChallenger)).isEqualTo(Cause.POPULATION);
    assertThat(cause(stable, movedChallenger)).isEqualTo(Cause.ARM);
    assertThat(cause(movedChallenger)).isEqualTo(Cause.ONE_ARM);
    assertThat(cause(stable)).isEqualTo(Cause.NONE);
    assertThat(cause(stable, judge(reference, 2000, random, value -> value, "challenger")))
        .isEqualTo(Cause.NONE);
  }

  /** Versions trained on other rows have other bins; their means are compared. */
  @Test
  void arms_whose_versions_were_trained_on_other_rows_are_compared_by_their_means() {
    SplittableRandom random = new SplittableRandom(5);
    Reference one = reference(2000, random);
    Reference other = reference(3000, random);
    Reference old = reference(2000, random, value -> value - 0.8);

    List<ArmComparison> both =
        CompareArms.of(
            List.of(
                judge(one, 3000, random, value -> value + 0.7, "stable"),
                judge(other, 3000, random, value -> value + 0.7, "challenger")),
            DriftRules.DEFAULT);
    assertThat(both.getFirst().method()).isEqualTo(ArmComparison.Method.MEANS);
    assertThat(both.getFirst().cause()).isEqualTo(Cause.POPULATION);

    assertThat(
            cause(
                judge(one, 3000, random, value -> value, "stable"),
                judge(old, 3000, random, value -> value, "challenger")))
        .isEqualTo(Cause.TRAINING_DATA);
    assertThat(
            cause(
                judge(one, 3000, random, value -> value, "stable"),
                judge(other, 3000, random, value -> value + 0.7, "challenger")))
        .isEqualTo(Cause.ARM);
  }

  private static Cause cause(JudgedArm... arms) {
    return CompareArms.overall(CompareArms.of(List.of(arms), DriftRules.DEFAULT));
  }

  private static Reference reference(int rows, RandomGenerator random) {
    return reference(rows, random, value -> value);
  }

  /** Normal inputs in tenths of their own training rows, as the training code bins them. */
  private static Reference reference(
      int rows, RandomGenerator random, DoubleUnaryOperator firstInput) {
    List<Watched> inputs = new ArrayList<>();
    for (int input = 0; input < INPUTS; input++) {
      double[] values = random.doubles(rows).map(_ -> random.nextGaussian()).toArray();
      if (input == 0) {
        values = Arrays.stream(values).map(firstInput).toArray();
      }
      Arrays.sort(values);
      List<Double> edges = new ArrayList<>();
      for (int i = 0; i <= 10; i++) {
        edges.add(values[Math.min(rows - 1, i * rows / 10)]);
      }
      List<Double> expected = new ArrayList<>(List.of(0.0, 1.0 / (rows + 1)));
      for (int i = 0; i < 10; i++) {
        expected.add((1 - 2.0 / (rows + 1)) / 10);
      }
      expected.add(1.0 / (rows + 1));
      inputs.add(
          new Watched(
              "x" + input, Role.INPUT, Kind.NUMBERS, edges, List.of(), expected, rows, false));
    }
    return new Reference(inputs, true, 0, 0);
  }

  private static JudgedArm judge(
      Reference reference,
      int rows,
      RandomGenerator random,
      DoubleUnaryOperator firstInput,
      String variant) {
    long[] cells = new long[reference.cells()];
    double[] sums = new double[reference.sums()];
    int first = 0;
    for (int input = 0; input < INPUTS; input++) {
      Watched watched = reference.watched().get(input);
      double[] edges = watched.edges().stream().mapToDouble(Double::doubleValue).toArray();
      for (int row = 0; row < rows; row++) {
        double value = random.nextGaussian();
        value = input == 0 ? firstInput.applyAsDouble(value) : value;
        int place = 0;
        while (place < edges.length && value >= edges[place]) {
          place++;
        }
        cells[first + 1 + place]++;
        double distance = value - watched.center();
        sums[2 * input] += distance;
        sums[2 * input + 1] += distance * distance;
      }
      first += watched.cells();
    }
    Tally nothing = Tally.nothing(reference);
    return JudgedArm.of(
        new CountedArm(
            new Arm("acme", new ModelId("late"), 1, "d", variant),
            reference,
            new Tally(rows, rows, 0, 0, cells, sums, nothing.latency())),
        DriftRules.DEFAULT);
  }
}
