package ai.matih.ml.api.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.experiment.ExperimentId;
import ai.matih.ml.api.experiment.ExperimentTracker.LoggedModel;
import ai.matih.ml.api.experiment.InMemoryTracker;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.RunWriters;
import ai.matih.ml.api.experiment.Tags;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.ErrorCode;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Code in a job ... */
class JobFenceTests {

  private static final RunId OWN = new RunId("a".repeat(32));
  private static final Caller.Job JOB = new Caller.Job("job-1", 2, OWN.value());

  private final InMemoryTracker tracker = new InMemoryTracker();
  private final Map<RunId, RunWriters.Writer> announced = new HashMap<>();
  private final JobFence fence = new JobFence(new Announced(), tracker);

  private final class Announced implements RunWriters {
    @Override
    public Optional<Writer> of(RunId run) {
      return Optional.ofNullable(announced.get(run));
    }

    @Override
    public Writer announce(RunId run, Writer writer) {
      announced.put(run, writer);
      return writer;
    }
  }

  @BeforeEach
  void own_run() {
    tracker.has(OWN, "1", Map.of());
  }

  @Test
  void writes_only_as_the_attempt_that_was_announced_last() {
    refused(ApiError.STALE_WRITER, () -> fence.requireCurrent(JOB));
    announced.put(OWN, new RunWriters.Writer("job-1", 2));
    assertThatCode(() -> fence.requireCurrent(JOB)).doesNotThrowAnyException();
    announced.put(OWN, new RunWriters.Writer("job-1", 3));
    refused(ApiError.STALE_WRITER, () -> fence.requireCurrent(JOB));
    announced.put(OWN, new RunWriters.Writer("job-2", 2));
    refused(ApiError.STALE_WRITER, () -> fence.requireCurrent(JOB));
  }

  @Test
  void reaches_its_run_and_the_runs_below_it() {
    RunId child = below(OWN, 1);
    RunId grandchild = below(child, 2);
    fence.requireOwn(JOB, OWN);
    fence.requireOwn(JOB, grandchild);

    int asked = tracker.asked;
    fence.requireOwn(JOB, grandchild);
    fence.requireOwn(JOB, child);
    assertThat(tracker.asked).as("what is known once is not asked again").isEqualTo(asked);
  }

  @Test
  void reaches_no_other_run() {
    RunId other = new RunId("b".repeat(32));
    tracker.has(other, "1", Map.of());
    refused(CommonError.FORBIDDEN, () -> fence.requireOwn(JOB, other));
    refused(CommonError.FORBIDDEN, () -> fence.requireOwn(JOB, below(other, 3)));
    refused(CommonError.FORBIDDEN, () -> fence.requireOwn(JOB, new RunId("c".repeat(32))));
  }

  @Test
  void reaches_no_run_that_is_too_far_below_or_in_a_circle() {
    RunId deep = OWN;
    for (int i = 1; i <= 5; i++) {
      deep = below(deep, i);
    }
    RunId tooDeep = deep;
    refused(CommonError.FORBIDDEN, () -> fence.requireOwn(JOB, tooDeep));
    RunId self = new RunId("d".repeat(32));
    tracker.has(self, "1", Map.of(Tags.PARENT, self.value()));
    refused(CommonError.FORBIDDEN, () -> fence.requireOwn(JOB, self));
  }

  @Test
  void reaches_its_runs_experiment_and_models() {
    RunId other = new RunId("b".repeat(32));
    tracker.has(other, "1", Map.of());
    tracker.has(new LoggedModel("m-own", new ExperimentId("1"), Optional.of(OWN)));
    tracker.has(new LoggedModel("m-other", new ExperimentId("1"), Optional.of(other)));
    tracker.has(new LoggedModel("m-nobody", new ExperimentId("1"), Optional.empty()));

    fence.requireOwnExperiment(JOB, new ExperimentId("1"));
    refused(CommonError.FORBIDDEN, () -> fence.requireOwnExperiment(JOB, new ExperimentId("2")));
    fence.requireOwnModel(JOB, "m-own");
    for (String foreign : new String[] {"m-other", "m-nobody", "m-none"}) {
      refused(CommonError.FORBIDDEN, () -> fence.requireOwnModel(JOB, foreign));
    }
  }

  private RunId below(RunId parent, int number) {
    RunId id = new RunId("%032x".formatted(number));
    tracker.has(id, "1", Map.of(Tags.PARENT, parent.value()));
    return id;
  }

  private static void refused(ErrorCode code, Runnable act) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(act::run)
        .satisfies(problem -> assertThat(problem.error()).isEqualTo(code));
  }
}
