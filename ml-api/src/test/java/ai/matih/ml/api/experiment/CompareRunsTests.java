package ai.matih.ml.api.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.experiment.CompareRuns.Direction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompareRunsTests {

  private static final RunId A = new RunId("a".repeat(32));
  private static final RunId B = new RunId("b".repeat(32));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "loss",
        "val_loss",
        "logloss",
        "validation-mlogloss",
        "rmse",
        "test_rmse",
        "mae",
        "train/error",
        "latency_ms",
        "fit_time"
      })
  void losses_errors_and_times_are_better_small(String metric) {
    assertThat(Direction.ofName(metric)).isEqualTo(Direction.MIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"auc", "accuracy", "f1", "r2", "precision", "sometimes", "terror_free_days"})
  void everything_else_is_better_large(String metric) {
    assertThat(Direction.ofName(metric)).isEqualTo(Direction.MAX);
  }

  @Test
  void the_caller_overrules_the_name() {
    CompareRuns.Comparison comparison =
        CompareRuns.compare(
            List.of(run(A, Map.of(), Map.of("auc", 0.7)), run(B, Map.of(), Map.of("auc", 0.8))),
            Map.of("auc", Direction.MIN));
    assertThat(comparison.metrics().getFirst().best()).contains(A);
  }

  @Test
  void a_value_that_is_no_number_is_never_the_best() {
    CompareRuns.Comparison comparison =
        CompareRuns.compare(
            List.of(
                run(A, Map.of(), Map.of("loss", Double.NaN, "only", Double.NaN)),
                run(B, Map.of(), Map.of("loss", 9.0))),
            Map.of());
    assertThat(comparison.metrics())
        .anySatisfy(m -> assertThat(m.best()).contains(B))
        .anySatisfy(m -> assertThat(m.best()).isEmpty());
  }

  @Test
  void only_parameters_that_differ_are_shown_and_a_missing_one_differs() {
    CompareRuns.Comparison comparison =
        CompareRuns.compare(
            List.of(
                run(A, Map.of("depth", "3", "seed", "1", "extra", "x"), Map.of()),
                run(B, Map.of("depth", "6", "seed", "1"), Map.of())),
            Map.of());
    assertThat(comparison.differingParams())
        .extracting(CompareRuns.ParamComparison::key)
        .containsExactly("depth", "extra");
  }

  private static Run run(RunId id, Map<String, String> params, Map<String, Double> metrics) {
    return new Run(
        id,
        new ExperimentId("1"),
        "r",
        RunStatus.FINISHED,
        LifecycleStage.ACTIVE,
        "",
        Instant.EPOCH,
        Optional.empty(),
        params,
        metrics.entrySet().stream()
            .map(m -> new MetricPoint(m.getKey(), m.getValue(), 0, Instant.EPOCH))
            .toList(),
        Map.of());
  }
}
