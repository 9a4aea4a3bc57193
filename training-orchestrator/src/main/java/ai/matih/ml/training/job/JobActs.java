package ai.matih.ml.training.job;

import ai.matih.ml.common.security.Caller;
import java.time.Clock;
import java.util.Optional;

/** What a person may ask of a job that is there: to end, or to be tried again. */
public final class JobActs {

  private final Jobs jobs;
  private final Clock clock;

  JobActs(Jobs jobs, Clock clock) {
    this.jobs = jobs;
    this.clock = clock;
  }

  /**
   * Wants the job's end; the reconciler sees to it. A repeat, also after the end, changes nothing.
   *
   * @throws IllegalJobMove when it ended otherwise
   */
  public Optional<Job> cancel(Caller caller, JobId id) {
    return jobs.change(id, "job.cancel_requested", job -> job.requestCancel(caller.actor()));
  }

  /**
   * Begins a new attempt with a new run.
   *
   * @throws IllegalJobMove unless it failed or was cancelled
   */
  public Optional<Job> retry(JobId id) {
    return jobs.change(id, "job.retried", job -> job.retriedByHand(clock.instant()));
  }
}
