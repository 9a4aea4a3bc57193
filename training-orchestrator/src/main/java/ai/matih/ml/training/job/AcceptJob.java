package ai.matih.ml.training.job;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.training.TrainingError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Takes a training job: checks it, stores it, and waits a moment for its run. The reconciler
 * submits it to the cluster later, see {@link SubmitAttempt}.
 */
public final class AcceptJob {

  private static final Duration PATIENCE_FOR_RUN = Duration.ofSeconds(3);

  private final CheckJobRequest check;
  private final Jobs jobs;
  private final JobChanges changes;
  private final Clock clock;

  AcceptJob(CheckJobRequest check, Jobs jobs, JobChanges changes, Clock clock) {
    this.check = check;
    this.jobs = jobs;
    this.changes = changes;
    this.clock = clock;
  }

  /**
   * Repeatable by its key: the same key is the same job.
   *
   * @throws Problem with every fault of the request
   */
  public Job accept(Caller caller, JobRequest request, Optional<String> idempotencyKey) {
    TrainingSpecification specification = check.check(caller, request);
    return added(
        Job.submitted(
            caller.tenant(), id(caller, idempotencyKey), caller.actor(), specification, now()));
  }

  /**
   * Takes a job that repeats another one. Repeatable by its key.
   *
   * @return empty when there is no such job
   * @throws Problem when it has trained no model
   */
  public Optional<Job> reproduce(Caller caller, JobId original, Optional<String> idempotencyKey) {
    return jobs.find(original)
        .map(
            job -> {
              if (job.model().isEmpty()
                  || !(job.specification() instanceof TrainingSpecification)) {
                throw new Problem(
                        TrainingError.NOT_REPRODUCIBLE,
                        "Only a job that has trained a model can be reproduced.")
                    .with("status", job.status().wire());
              }
              return added(Job.reproducing(job, id(caller, idempotencyKey), caller.actor(), now()));
            });
  }

  private static JobId id(Caller caller, Optional<String> idempotencyKey) {
    return idempotencyKey
        .map(key -> JobId.ofRequest(caller.tenant().slug(), caller.principal(), key))
        .orElseGet(JobId::random);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private Job added(Job asked) {
    Job job = jobs.add(asked);
    if (!job.specification().equals(asked.specification())
        || !job.reproduces().equals(asked.reproduces())) {
      throw new Problem(
          CommonError.IDEMPOTENCY_KEY_REUSED, "The key was used for another training job before.");
    }
    return withRun(job);
  }

  /** The run is made in the background; usually it is there before the answer has to go. */
  private Job withRun(Job job) {
    Instant until = clock.instant().plus(PATIENCE_FOR_RUN);
    Job latest = job;
    try {
      while (latest.run().isEmpty() && !latest.status().isTerminal()) {
        long mark = changes.mark();
        latest = jobs.find(job.id()).orElse(latest);
        Duration left = Duration.between(clock.instant(), until);
        if (latest.run().isPresent() || !left.isPositive() || !changes.await(mark, left)) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return jobs.find(job.id()).orElse(latest);
  }
}
