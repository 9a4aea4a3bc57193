package ai.matih.ml.training.job;

import java.time.Duration;
import java.util.Optional;

/** Which step a living job takes next. */
final class JobSteps {

  private final PrepareJob prepare;
  private final SubmitAttempt submit;
  private final WatchJob watch;
  private final JobSettings settings;

  JobSteps(PrepareJob prepare, SubmitAttempt submit, WatchJob watch, JobSettings settings) {
    this.prepare = prepare;
    this.submit = submit;
    this.watch = watch;
    this.settings = settings;
  }

  /** Takes one step; says when to take the next, or nothing when the job has moved. */
  Optional<Duration> next(ClaimedJob claimed, ClusterView view) {
    return switch (claimed.job().status()) {
      case QUEUED -> prepare.step(claimed);
      case SUBMITTING, UNKNOWN -> submit.step(claimed);
      // Whether it registers is seen by another reconciler, see RegisterVersion.
      case PENDING, RUNNING ->
          claimed.job().isRegistering() ? Optional.of(Duration.ZERO) : watch.step(claimed, view);
      case LOST -> retryAfterLoss(claimed);
      case SUCCEEDED, FAILED, CANCELLED -> Optional.of(Duration.ZERO);
    };
  }

  private Optional<Duration> retryAfterLoss(ClaimedJob claimed) {
    Job job = claimed.job();
    if (job.isCancelRequested()) {
      job.cancelled(claimed.now());
      claimed.store();
    } else if (job.isOutOfTime(claimed.now())) {
      claimed.fail(
          JobFailure.TIMEOUT,
          "The job did not end within its timeout of " + job.specification().timeout() + ".");
    } else if (job.losses() > settings.maxLosses()) {
      claimed.fail(
          JobFailure.LOST_TOO_OFTEN, "The cluster lost the job " + job.losses() + " times.");
    } else {
      job.retriedAfterLoss(claimed.now());
      claimed.store();
    }
    return Optional.empty();
  }
}
