package ai.matih.ml.training.job;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.ClaimOvertaken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A job that this replica has claimed. It may store the job as long as it holds the claim. */
final class ClaimedJob {

  private final Jobs jobs;
  private final Claim claim;
  private final Job job;
  private final Clock clock;

  ClaimedJob(Jobs jobs, Claim claim, Job job, Clock clock) {
    this.jobs = jobs;
    this.claim = claim;
    this.job = job;
    this.clock = clock;
  }

  Job job() {
    return job;
  }

  Instant now() {
    return clock.instant();
  }

  /** Stores the job; only then may the next outside system be called. */
  void store() {
    if (!jobs.store(claim, job)) {
      throw new ClaimOvertaken(claim);
    }
  }

  /** Stores that the job waits for an engine. */
  void doesNotAnswer(JobCondition.Type type, String engine, Duration patience) {
    job.condition(
        type,
        false,
        JobCondition.Reason.ENGINE_UNAVAILABLE,
        engine
            + " does not answer as it should; tried again every "
            + patience.toSeconds()
            + " seconds.",
        now());
    store();
  }

  /** Ends the job as failed. */
  void fail(String code, String message) {
    job.failed(new JobFailure(code, message), now());
    store();
  }
}
