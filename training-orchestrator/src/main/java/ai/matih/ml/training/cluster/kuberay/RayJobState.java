package ai.matih.ml.training.cluster.kuberay;

import ai.matih.ml.training.cluster.ClusterJob;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A RayJob's status as a state of ours, for KubeRay 1.5 to 1.7.
 *
 * @param driverLost the cluster lost the process; no verdict on the code
 */
record RayJobState(ClusterJob.Status status, boolean driverLost, Optional<Integer> exitStatus) {

  // The code's own last lines follow: only the beginning is Ray's word.
  private static final Pattern EXIT_CODE =
      Pattern.compile("^Job entrypoint command failed with exit code (-?\\d{1,5})\\b");

  /** How messages begin that tell of a process that is gone or never was. */
  private static final List<String> PROCESS_GONE =
      List.of(
          "Job supervisor actor",
          "Job failed to start within",
          "Unexpected error occurred",
          "Ray head pod not found",
          "Submitter completed but Ray job not found");

  /** Empty for words that are not known here: those are never guessed. */
  static Optional<RayJobState> of(RayJob.@Nullable Status status) {
    if (status == null) {
      return living(ClusterJob.Status.PENDING);
    }
    String job = word(status.jobStatus());
    return switch (word(status.jobDeploymentStatus())) {
      // A retry is none of ours, since the limit is zero; and suspended jobs wait for their queue.
      case "", "Initializing", "Waiting", "Suspending", "Suspended", "Retrying" ->
          living(ClusterJob.Status.PENDING);
      case "Running" ->
          switch (job) {
            case "", "PENDING" -> living(ClusterJob.Status.PENDING);
            // The end counts when the operator has drawn its conclusion too.
            case "RUNNING", "SUCCEEDED", "FAILED", "STOPPED" -> living(ClusterJob.Status.RUNNING);
            default -> Optional.empty();
          };
      case "Complete" ->
          switch (job) {
            case "SUCCEEDED" -> ended(ClusterJob.Status.SUCCEEDED, Optional.of(0));
            case "STOPPED" -> ended(ClusterJob.Status.STOPPED, Optional.empty());
            default -> Optional.empty();
          };
      case "Failed", "ValidationFailed" -> failed(status);
      default -> Optional.empty();
    };
  }

  private static Optional<RayJobState> failed(RayJob.Status status) {
    String message = word(status.message());
    return switch (word(status.reason())) {
      // Our stop is a deadline in the past, see KubeRayTrainingCluster.
      case "DeadlineExceeded" -> ended(ClusterJob.Status.STOPPED, Optional.empty());
      case "AppFailed" ->
          PROCESS_GONE.stream().anyMatch(message::startsWith)
              ? lost()
              : ended(ClusterJob.Status.FAILED, exitStatus(message));
      case "SubmissionFailed",
          "PreRunningDeadlineExceeded",
          "JobDeploymentStatusTransitionGracePeriodExceeded",
          "JobStatusCheckTimeoutExceeded" ->
          lost();
      case "ValidationFailed" -> ended(ClusterJob.Status.FAILED, Optional.empty());
      default -> Optional.empty();
    };
  }

  private static Optional<RayJobState> living(ClusterJob.Status status) {
    return Optional.of(new RayJobState(status, false, Optional.empty()));
  }

  private static Optional<RayJobState> ended(
      ClusterJob.Status status, Optional<Integer> exitStatus) {
    return Optional.of(new RayJobState(status, false, exitStatus));
  }

  private static Optional<RayJobState> lost() {
    return Optional.of(new RayJobState(ClusterJob.Status.FAILED, true, Optional.empty()));
  }

  private static Optional<Integer> exitStatus(String message) {
    Matcher code = EXIT_CODE.matcher(message);
    return code.find() ? Optional.of(Integer.valueOf(code.group(1))) : Optional.empty();
  }

  private static String word(@Nullable String text) {
    return Objects.requireNonNullElse(text, "");
  }
}
