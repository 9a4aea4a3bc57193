package ai.matih.ml.serving.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.traffic.ChosenTarget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Those who see predictions ... */
class PredictionObserversTests {

  private static final Signature SIGNATURE =
      new Signature(
          2,
          Task.REGRESSION,
          List.of(new Column("a", ColumnType.DOUBLE, true)),
          List.of(),
          Optional.empty());

  private final TargetStatistics statistics =
      new TargetStatistics(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

  @Test
  void all_see_an_answer_even_when_one_of_them_breaks_and_that_is_counted() {
    Noting first = new Noting("first");
    Noting last = new Noting("last");
    PredictionObservers observers = new PredictionObservers(List.of(first, new Breaking(), last));

    observers.answered(answered("d1", Duration.ofMillis(1)));
    observers.answered(answered("d1", Duration.ofMillis(1)));

    assertThat(first.seen).hasSize(2);
    assertThat(last.seen).hasSize(2);
    assertThat(observers.dropped())
        .containsEntry("breaking", 2L)
        .containsEntry("first", 0L)
        .containsEntry("last", 0L);
  }

  @Test
  void cannot_share_a_name() {
    assertThatThrownBy(
            () -> new PredictionObservers(List.of(new Noting("same"), new Noting("same"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void count_answers_failures_and_latencies_of_each_deployment() {
    for (int i = 1; i <= 100; i++) {
      statistics.answered(answered("d1", Duration.ofMillis(i)));
    }
    statistics.failed(failed("d1", new Problem(ServingError.SCORING_FAILED, "broke")));
    statistics.failed(failed("d1", new Problem(CommonError.INVALID_REQUEST, "bad input")));
    statistics.failed(
        new FailedPrediction(
            new Tenant("acme"),
            new ModelId("late"),
            null,
            new Problem(ServingError.NOT_READY, "nobody was chosen")));

    TargetCounts counts = statistics.of("d1").orElseThrow();
    assertThat(counts.answered()).isEqualTo(100);
    assertThat(counts.failed()).isEqualTo(1);
    assertThat(counts.since()).isEqualTo(Instant.EPOCH);
    assertThat(counts.latency().quantileMillis(0.5)).isBetween(50.0, 62.5);
    assertThat(counts.latency().quantileMillis(0.99)).isBetween(99.0, 123.75);
    assertThat(statistics.of("d2")).isEmpty();

    statistics.keepOnly(Set.of("d2"));
    assertThat(statistics.of("d1")).isEmpty();
  }

  /** No quantile is below the truth, and none is more than a quarter above it. */
  @Test
  void find_quantiles_within_a_quarter_at_any_scale() {
    for (long micros = 1; micros < 60_000_000; micros = micros * 3 / 2 + 1) {
      long[] counts = new long[LatencyHistogram.RANGES];
      counts[LatencyHistogram.range(Duration.ofNanos(micros * 1000))] = 1;
      LatencyHistogram histogram = new LatencyHistogram(counts);
      assertThat(histogram.quantileMillis(1) * 1000)
          .isGreaterThan((double) micros)
          .isLessThanOrEqualTo(micros < 4 ? 2.0 * micros : 1.26 * micros + 1);
      assertThat(histogram.plus(histogram).total()).isEqualTo(2);
    }
    assertThat(LatencyHistogram.EMPTY.quantileMillis(0.99)).isZero();
    assertThat(LatencyHistogram.range(Duration.ofHours(5))).isEqualTo(LatencyHistogram.RANGES - 1);
    assertThat(LatencyHistogram.range(Duration.ZERO)).isZero();
  }

  private static ChosenTarget target(String deployment) {
    return new ChosenTarget(1, deployment, Stage.PRODUCTION, "stable", 1, 17, 4711, null);
  }

  private static AnsweredPrediction answered(String deployment, Duration latency) {
    return new AnsweredPrediction(
        new Tenant("acme"),
        new ModelId("late"),
        "r-1",
        true,
        target(deployment),
        new Batch(SIGNATURE, 1),
        new Scores(SIGNATURE, 1, new float[] {1}),
        latency,
        latency,
        0);
  }

  private static FailedPrediction failed(String deployment, Problem problem) {
    return new FailedPrediction(
        new Tenant("acme"), new ModelId("late"), target(deployment), problem);
  }

  private record Noting(String name, List<AnsweredPrediction> seen) implements PredictionObserver {

    Noting(String name) {
      this(name, new ArrayList<>());
    }

    @Override
    public void answered(AnsweredPrediction prediction) {
      seen.add(prediction);
    }
  }

  private static final class Breaking implements PredictionObserver {

    @Override
    public String name() {
      return "breaking";
    }

    @Override
    public void answered(AnsweredPrediction prediction) {
      throw new IllegalStateException("broken");
    }
  }
}
