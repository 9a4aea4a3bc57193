package ai.matih.ml.training.job;

import ai.matih.ml.common.reconcile.Claim;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A job that this replica has claimed. It may store the job as long as it holds the claim. */
final class ClaimedJob {

  /** Another replica has claimed the job since; nothing more is changed here. */
  static final class ClaimLost extends RuntimeException {
    ClaimLost(Claim claim) {
      super(claim.id() + " was claimed by another replica", null, false, false);
    }
  }

  private final Jobs jobs;
  private final Claim claim;
  private final Job job;
  private final Duration lease;
  private final Clock clock;

  ClaimedJob(Jobs jobs, Claim claim, Job job, Duration lease, Clock clock) {
    this.jobs = jobs;
    this.claim = claim;
    this.job = job;
    this.lease = lease;
    this.clock = clock;
  }

  Job job() {
    return job;
  }

  Instant now() {
    return clock.instant();
  }

  /** Stores the job and renews the lease; only then may the next outside system be called. */
  void store() {
    if (!jobs.store(claim, job, lease)) {
      throw new ClaimLost(claim);
    }
  }

  /** Ends the job as failed. */
  void fail(String code, String message) {
    job.failed(new JobFailure(code, message), now());
    store();
  }
}
