package ai.matih.ml.training.job;

import ai.matih.ml.common.reconcile.Claim;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A job in the hands of one look, which may store it as long as nobody overtook the claim. */
final class Claimed {

  /** Somebody else has the job now; this look ends and changes nothing more. */
  static final class Overtaken extends RuntimeException {
    Overtaken(Claim claim) {
      super(claim.id() + " was claimed by somebody else", null, false, false);
    }
  }

  private final Jobs jobs;
  private final Claim claim;
  private final Job job;
  private final Duration lease;
  private final Clock clock;

  Claimed(Jobs jobs, Claim claim, Job job, Duration lease, Clock clock) {
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

  /** Stores what happened and renews the lease; after it, the next call out may be made. */
  void store() {
    if (!jobs.store(claim, job, lease)) {
      throw new Overtaken(claim);
    }
  }

  /** The job ends without a trace in the cluster. */
  void fail(String code, String message) {
    job.failed(new JobFailure(code, message), now());
    store();
  }
}
