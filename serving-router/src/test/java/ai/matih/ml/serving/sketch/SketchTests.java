package ai.matih.ml.serving.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.ReferenceProfile;
import ai.matih.ml.bundle.ReferenceProfile.Answers;
import ai.matih.ml.bundle.ReferenceProfile.Numbers;
import ai.matih.ml.bundle.ReferenceProfile.Texts;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A sketch ... */
class SketchTests {

  private static final Duration LATENCY = Duration.ofMillis(1);

  private static final Signature SIGNATURE =
      new Signature(
          2,
          Task.CLASSIFICATION,
          List.of(
              new Column("temp", ColumnType.DOUBLE, true),
              new Column("carrier", ColumnType.STRING, true),
              new Column("unknown", ColumnType.DOUBLE, true)),
          List.of("no", "yes"),
          Optional.empty());

  private static final ReferenceProfile PROFILE =
      new ReferenceProfile(
          99,
          Map.of(
              "temp", new Numbers(0.1, List.of(0.0, 1.0, 2.0), List.of(0.5, 0.5)),
              "carrier", new Texts(0.1, Map.of("AA", 0.5, "B6", 0.3, "", 0.05), 0.05)),
          Optional.of(
              new Answers(
                  Optional.of(40L),
                  Map.of("no", 0.75, "yes", 0.25),
                  Optional.of(new Numbers(0, List.of(0.0, 0.5, 1.0), List.of(0.75, 0.25))))));

  private final Reference reference = ReferenceCells.of(SIGNATURE, Optional.of(PROFILE));
  private final LongAdder dropped = new LongAdder();
  private final Sketch sketch = new Sketch(reference, SIGNATURE, dropped);

  @Test
  void has_the_cells_of_the_profile_and_the_shares_of_training() {
    assertThat(reference.watched())
        .extracting(Watched::name)
        .containsExactly("temp", "carrier", "class", "score");
    assertThat(reference.leftOut()).isEqualTo(1);
    Watched temp = reference.watched().getFirst();
    // Missing, below, two bins, above: of 99 rows a hundredth lies beyond on each side.
    assertThat(temp.expected())
        .usingComparatorForType((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : 1, Double.class)
        .containsExactly(0.1, 0.009, 0.441, 0.441, 0.009);
    Watched carrier = reference.watched().get(1);
    assertThat(carrier.categories()).containsExactly("AA", "B6");
    assertThat(carrier.expected().getFirst()).isCloseTo(0.15, within(1e-12));
    assertThat(carrier.expected().getLast()).isCloseTo(0.05, within(1e-12));
    assertThat(reference.watched().get(2).rows()).isEqualTo(40);
  }

  @Test
  void puts_each_value_into_its_cell() {
    for (double temp : new double[] {Double.NaN, -0.001, 0, 0.999, 1, 2, 2.001, 1e30}) {
      answered(temp, "AA", 0.2f);
    }
    answered(1, "", 0.8f);
    answered(1, "B6", 0.5f);
    answered(1, "\u0000'; drop table sketch; --", Float.NaN);
    answered(1, "x".repeat(1_000_000), 0.5f);

    Tally tally = sketch.takeOut();
    assertThat(cells(tally, 0)).containsExactly(1, 1, 2, 6, 2);
    assertThat(cells(tally, 1)).containsExactly(1, 8, 1, 2);
    // The first of equal classes wins; a model that answers no number answers none.
    assertThat(cells(tally, 2)).containsExactly(1, 10, 1, 0);
    assertThat(cells(tally, 3)).containsExactly(1, 0, 8, 3, 0);
    assertThat(tally.answered()).isEqualTo(12);
    assertThat(tally.latency().total()).isEqualTo(12);
    assertThat(sketch.takeOut().isEmpty()).isTrue();
  }

  @Test
  void sums_up_how_sure_the_model_is() {
    answered(1, "AA", 0.2f);
    answered(1, "AA", 0.6f);

    double[] sums = sketch.takeOut().sums();
    int confidence = Reference.SUMS * 4;
    assertThat(sums[confidence]).isEqualTo(2);
    assertThat(sums[confidence + 1]).isCloseTo(0.8 + 0.6, within(1e-6));
    assertThat(sums[confidence + 2]).isCloseTo(2 * 0.16 + 2 * 0.24, within(1e-6));
    // The first input lies at its center, twice.
    assertThat(sums[0]).isZero();
  }

  @Test
  void of_all_is_the_sum_of_the_sketches_of_the_parts() {
    Sketch other = new Sketch(reference, SIGNATURE, dropped);
    Sketch all = new Sketch(reference, SIGNATURE, dropped);
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 5_000; i++) {
      Batch batch = batch(random.nextGaussian(), random.nextBoolean() ? "AA" : "ZZ");
      Scores scores = scores(random.nextInt(64) / 64f);
      (random.nextBoolean() ? sketch : other).answered(batch, scores, LATENCY);
      all.answered(batch, scores, LATENCY);
    }

    Tally sum = sketch.takeOut().plus(other.takeOut());
    Tally whole = all.takeOut();
    assertThat(sum.cells()).containsExactly(whole.cells());
    assertThat(sum.latency()).isEqualTo(whole.latency());
    for (int i = 0; i < sum.sums().length; i++) {
      assertThat(sum.sums()[i]).isCloseTo(whole.sums()[i], within(1e-6));
    }
  }

  /** Whatever is not counted is told; whatever is counted is there once. */
  @Test
  void loses_nothing_that_it_does_not_tell_when_many_count_and_one_takes_out()
      throws InterruptedException {
    int threads = 8;
    int each = 20_000;
    AtomicBoolean ended = new AtomicBoolean();
    List<Tally> taken = new ArrayList<>();
    Thread taker =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!ended.get()) {
                    taken.add(sketch.takeOut());
                  }
                });
    List<Thread> counting =
        IntStream.range(0, threads)
            .mapToObj(
                i ->
                    (i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual())
                        .start(
                            () -> {
                              for (int n = 0; n < each; n++) {
                                answered(n % 4 - 1, "AA", 0.3f);
                                sketch.failed(n % 2 == 0);
                              }
                            }))
            .toList();
    for (Thread thread : counting) {
      thread.join();
    }
    ended.set(true);
    taker.join();
    taken.add(sketch.takeOut());

    Tally sum = taken.stream().reduce(Tally.nothing(reference), Tally::plus);
    assertThat(sum.answered() + sum.failed() + sum.refused() + dropped.sum())
        .isEqualTo(2L * threads * each);
    assertThat(IntStream.range(0, 5).mapToLong(i -> cells(sum, 0)[i]).sum())
        .isEqualTo(sum.answered());
    assertThat(dropped.sum()).isLessThan(threads * each / 100);
  }

  @Test
  void is_bounded_whatever_the_profile_holds() {
    Map<String, Double> many = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      many.put("c" + i, 1e-5);
    }
    many.put("y".repeat(10_000), 0.0);
    List<Column> columns = new ArrayList<>(List.of(new Column("text", ColumnType.STRING, true)));
    Map<String, ReferenceProfile.Column> profile = new HashMap<>();
    profile.put("text", new Texts(0, many, 0));
    for (int i = 0; i < 2_000; i++) {
      columns.add(new Column("n" + i, ColumnType.DOUBLE, true));
      profile.put(
          "n" + i,
          new Numbers(
              0,
              IntStream.rangeClosed(0, 1_000).mapToObj(edge -> (double) edge).toList(),
              IntStream.range(0, 1_000).mapToObj(_ -> 1e-3).toList()));
    }
    Reference bounded =
        ReferenceCells.of(
            new Signature(2, Task.REGRESSION, columns, List.of(), Optional.empty()),
            Optional.of(new ReferenceProfile(1_000, profile)));

    assertThat(bounded.watched()).hasSize(ReferenceCells.MAX_INPUTS);
    assertThat(bounded.leftOut()).isEqualTo(1_501);
    assertThat(bounded.watched().getFirst().categories()).hasSize(ReferenceCells.MAX_CATEGORIES);
    assertThat(bounded.watched()).allMatch(watched -> watched.cells() <= 102);
    assertThat(bounded.watched())
        .allSatisfy(
            watched ->
                assertThat(watched.expected().stream().mapToDouble(Double::doubleValue).sum())
                    .isCloseTo(1, within(1e-9)));
  }

  @Test
  void of_a_version_without_a_profile_counts_its_answers() {
    Reference none = ReferenceCells.of(SIGNATURE, Optional.empty());

    assertThat(none.profiled()).isFalse();
    assertThat(none.watched()).extracting(Watched::name).containsExactly("class");
    assertThat(none.watched()).noneMatch(Watched::hasReference);
  }

  private static Batch batch(double temp, String carrier) {
    Batch batch = new Batch(SIGNATURE, 1);
    batch.number(0, 0, temp);
    batch.text(0, 1, carrier);
    return batch;
  }

  private static Scores scores(float yes) {
    return new Scores(SIGNATURE, 1, new float[] {1 - yes, yes});
  }

  private void answered(double temp, String carrier, float yes) {
    sketch.answered(batch(temp, carrier), scores(yes), LATENCY);
  }

  private long[] cells(Tally tally, int watched) {
    int first = 0;
    for (int i = 0; i < watched; i++) {
      first += reference.watched().get(i).cells();
    }
    return tally.cells(reference.watched().get(watched), first);
  }
}
