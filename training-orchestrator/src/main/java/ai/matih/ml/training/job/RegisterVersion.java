package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.reconcile.Claim;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the model of a job a version: with it the job has succeeded. It may be killed anywhere and
 * two replicas may do it: the registry takes each job once.
 */
final class RegisterVersion {

  private static final Logger log = LoggerFactory.getLogger(RegisterVersion.class);

  private final ExperimentRuns runs;
  private final VersionRegistration versions;
  private final Jobs jobs;
  private final JobSettings settings;
  private final Clock clock;

  RegisterVersion(
      ExperimentRuns runs,
      VersionRegistration versions,
      Jobs jobs,
      JobSettings settings,
      Clock clock) {
    this.runs = runs;
    this.versions = versions;
    this.jobs = jobs;
    this.settings = settings;
    this.clock = clock;
  }

  /** Asks the registry once; returns how long the job rests before it is asked again. */
  Duration step(Claim claim) {
    Optional<Job> job = jobs.claimed(claim).filter(Job::isRegistering);
    if (job.isEmpty()) {
      return Duration.ZERO;
    }
    ClaimedJob claimed = new ClaimedJob(jobs, claim, job.get(), clock);
    try {
      register(claimed);
      return Duration.ZERO;
    } catch (EngineFailure e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      log.warn("{} waits for its version: {}", claimed.job(), e.toString());
      claimed.doesNotAnswer(
          JobCondition.Type.NEIGHBOURS_REACHABLE, e.engine(), settings.patience());
      return settings.patience();
    }
  }

  /** The run is ended first: the registry takes only ended runs. */
  private void register(ClaimedJob claimed) {
    Job job = claimed.job();
    RunReference run = job.run().orElseThrow();
    runs.end(job.tenant(), job.submittedBy(), run, ExperimentRuns.RunOutcome.FINISHED);
    String model = job.making().registerModel().orElseThrow();
    try {
      int version =
          versions.register(job.tenant(), job.submittedBy(), job.id(), run.runId(), model);
      job.reachedAgain();
      job.registered(version, claimed.now());
    } catch (VersionRegistration.RegistrationRefused e) {
      job.reachedAgain();
      job.registrationRefused(e.reason(), claimed.now());
    }
    claimed.store();
    log.info("{} has ended", job);
  }
}
