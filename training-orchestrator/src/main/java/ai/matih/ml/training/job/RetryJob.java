package ai.matih.ml.training.job;

import java.time.Clock;
import java.util.Optional;

/** Begins a new attempt of a job that failed or was cancelled, with a new run. */
public final class RetryJob {

  private final Jobs jobs;
  private final Clock clock;

  RetryJob(Jobs jobs, Clock clock) {
    this.jobs = jobs;
    this.clock = clock;
  }

  /**
   * @return empty when there is no such job
   * @throws IllegalJobMove unless it failed or was cancelled
   */
  public Optional<Job> retry(JobId id) {
    return jobs.change(id, "job.retried", job -> job.retriedByHand(clock.instant()));
  }
}
