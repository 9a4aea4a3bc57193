package ai.matih.ml.api.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.ErrorCode;
import ai.matih.ml.common.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

/** Starting, logging to and ending a run. */
class RunUseCaseTests {

  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  private final InMemoryTracker tracker = new InMemoryTracker();
  private final LogMeasurements log = new LogMeasurements(tracker);
  private final StartRun start = new StartRun(tracker, log);
  private final FinishRun finish = new FinishRun(tracker, log);

  private Run start(String request, boolean mayBeRepeat) {
    return start.start(
        new StartRun.Wanted(
            new ExperimentId("1"),
            Optional.of("n"),
            Map.of("mlflow.user", "given"),
            Map.of("depth", "3"),
            request,
            mayBeRepeat,
            "user:a",
            NOW));
  }

  @Test
  void a_run_starts_with_its_parameters_and_its_makers_name() {
    Run run = start("r1", false);

    assertThat(run.params()).containsEntry("depth", "3");
    assertThat(run.tags())
        .containsEntry("mlflow.user", "given")
        .containsEntry(Tags.CREATED_BY, "user:a")
        .containsEntry(Tags.REQUEST, "r1");
  }

  @Test
  void a_request_starts_one_run_by_its_repeat_and_through_a_lost_reply() {
    Run first = start("r1", true);
    assertThat(start("r1", true)).isEqualTo(first);
    tracker.loseReplies();
    assertThat(start("r2", false).id()).isEqualTo(start("r2", true).id()).isNotEqualTo(first.id());
  }

  @Test
  void measurements_of_any_size_are_counted() {
    Run run = start("r1", false);

    assertThat(log.log(run.id(), measurements(2_500)))
        .isEqualTo(new Measurements.Counts(1, 0, 2_500));
    assertThat(tracker.run(run.id()).orElseThrow().metrics()).hasSize(2_500);
  }

  @Test
  void a_failure_in_the_middle_says_how_much_is_stored() {
    Run run = start("r1", false);
    tracker.failLog(1, new EngineFailure.Misbehaved("mlflow", 500, ""));

    refused(ApiError.LOG_PARTLY_STORED, () -> log.log(run.id(), measurements(2_500)))
        .satisfies(
            problem ->
                assertThat(problem.params().get("stored_metrics"))
                    .isEqualTo(tracker.run(run.id()).orElseThrow().metrics().size()));
  }

  @Test
  void a_failure_of_the_only_part_is_the_engines() {
    Run run = start("r1", false);
    tracker.failLog(0, new EngineFailure.Misbehaved("mlflow", 500, ""));

    assertThatExceptionOfType(EngineFailure.Misbehaved.class)
        .isThrownBy(() -> log.log(run.id(), measurements(1)));
  }

  @Test
  void a_parameter_with_another_value_is_refused() {
    Run run = start("r1", false);
    tracker.failLog(0, new ExperimentTracker.ParamIsFinal());

    refused(ApiError.PARAM_IS_FINAL, () -> log.log(run.id(), measurements(1)));
  }

  @Test
  void the_end_of_a_run_is_final_and_the_same_end_changes_nothing() {
    Run run = start("r1", false);
    Run ended = change(run, RunStatus.FINISHED, NOW);
    assertThat(ended.status()).isEqualTo(RunStatus.FINISHED);
    assertThat(ended.endedAt()).contains(NOW);

    assertThat(change(ended, RunStatus.FINISHED, NOW.plusSeconds(9))).isEqualTo(ended);
    refused(ApiError.RUN_FINISHED, () -> change(ended, RunStatus.FAILED, NOW));
  }

  @Test
  void a_run_is_renamed_and_tagged_without_being_ended() {
    Run run = start("r1", false);

    Run changed = finish.change(run, Optional.empty(), Optional.of("other"), Map.of("k", "v"), NOW);

    assertThat(changed.name()).isEqualTo("other");
    assertThat(changed.tags()).containsEntry("k", "v");
    assertThat(changed.status()).isEqualTo(RunStatus.RUNNING);
    assertThat(changed.endedAt()).isEmpty();
  }

  private Run change(Run run, RunStatus status, Instant now) {
    return finish.change(run, Optional.of(status), Optional.empty(), Map.of(), now);
  }

  private static Measurements measurements(int metrics) {
    List<MetricPoint> points =
        IntStream.range(0, metrics).mapToObj(i -> new MetricPoint("loss", i, i, NOW)).toList();
    return new Measurements(Map.of("p", "1"), Map.of(), points);
  }

  private static ThrowableAssertAlternative<Problem> refused(ErrorCode code, Runnable act) {
    return assertThatExceptionOfType(Problem.class)
        .isThrownBy(act::run)
        .satisfies(problem -> assertThat(problem.error()).isEqualTo(code));
  }
}
