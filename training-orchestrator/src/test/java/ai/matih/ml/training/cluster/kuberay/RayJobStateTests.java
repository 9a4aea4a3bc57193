package ai.matih.ml.training.cluster.kuberay;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.training.cluster.ClusterJob.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a RayJob's words mean. */
class RayJobStateTests {

  private static Optional<RayJobState> state(
      @Nullable String deployment,
      @Nullable String job,
      @Nullable String reason,
      @Nullable String message) {
    return RayJobState.of(new RayJob.Status(job, deployment, reason, message, null, null, null));
  }

  @ParameterizedTest
  @CsvSource({
    ",,,PENDING",
    "Initializing,,,PENDING",
    "Waiting,,,PENDING",
    "Running,,,PENDING",
    "Running,PENDING,,PENDING",
    "Running,RUNNING,,RUNNING",
    "Running,SUCCEEDED,,RUNNING",
    "Running,FAILED,,RUNNING",
    "Running,STOPPED,,RUNNING",
    "Suspending,RUNNING,,PENDING",
    "Suspended,,,PENDING",
    "Retrying,,,PENDING",
    "Complete,SUCCEEDED,,SUCCEEDED",
    "Complete,STOPPED,,STOPPED",
    "Failed,RUNNING,DeadlineExceeded,STOPPED",
    "Failed,FAILED,AppFailed,FAILED",
    "ValidationFailed,,ValidationFailed,FAILED",
    "Failed,RUNNING,SubmissionFailed,FAILED",
    "Failed,,PreRunningDeadlineExceeded,FAILED",
    "Failed,SUCCEEDED,JobDeploymentStatusTransitionGracePeriodExceeded,FAILED",
    "Failed,RUNNING,JobStatusCheckTimeoutExceeded,FAILED",
  })
  void are_translated(
      @Nullable String deployment, @Nullable String job, @Nullable String reason, Status expected) {
    assertThat(state(deployment, job, reason, null))
        .hasValueSatisfying(state -> assertThat(state.status()).isEqualTo(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "Paused,RUNNING,",
    "Running,DREAMING,",
    "Complete,FAILED,",
    "Complete,,",
    "Failed,FAILED,",
    "Failed,FAILED,SunInEyes",
  })
  void are_never_guessed(
      @Nullable String deployment, @Nullable String job, @Nullable String reason) {
    assertThat(state(deployment, job, reason, null)).isEmpty();
  }

  @Test
  void tell_the_status_that_the_code_ended_with_but_not_from_its_own_words() {
    assertThat(
            state(
                "Failed",
                "FAILED",
                "AppFailed",
                "Job entrypoint command failed with exit code 3, last available logs: exit code 9 Job supervisor actor"))
        .contains(new RayJobState(Status.FAILED, false, Optional.of(3)));
    assertThat(state("Failed", "FAILED", "AppFailed", "runtime_env setup failed: exit code 9"))
        .contains(new RayJobState(Status.FAILED, false, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SubmissionFailed|Job submission has failed. Reason: BackoffLimitExceeded",
        "JobStatusCheckTimeoutExceeded|",
        "PreRunningDeadlineExceeded|",
        "JobDeploymentStatusTransitionGracePeriodExceeded|",
        "AppFailed|Job supervisor actor died: the node is gone",
        "AppFailed|Submitter completed but Ray job not found in RayCluster.",
        "AppFailed|Job failed to start within 900 seconds",
      })
  void tell_a_lost_process_from_code_that_failed(String reason, @Nullable String message) {
    assertThat(state("Failed", "FAILED", reason, message))
        .contains(new RayJobState(Status.FAILED, true, Optional.empty()));
  }
}
