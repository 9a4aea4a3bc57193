package ai.matih.ml.training.job;

import ai.matih.ml.common.security.Caller;
import java.util.Optional;

/** Asks for the end of a job; the reconciler carries it out. */
public final class CancelJob {

  private final Jobs jobs;

  CancelJob(Jobs jobs) {
    this.jobs = jobs;
  }

  /**
   * Repeatable: a second call, also after the end, changes nothing.
   *
   * @return empty when there is no such job
   * @throws IllegalJobMove when it ended otherwise
   */
  public Optional<Job> cancel(Caller caller, JobId id) {
    return jobs.change(id, "job.cancel_requested", job -> job.requestCancel(caller.actor()));
  }
}
