package ai.matih.ml.training.job;

import ai.matih.ml.common.tenant.Tenant;
import java.time.Clock;

/** Makes the model of a succeeded job a version, and stores its number or why there is none. */
final class RegisterVersion {

  private final ExperimentRuns runs;
  private final VersionRegistration versions;
  private final Jobs jobs;
  private final Clock clock;

  RegisterVersion(ExperimentRuns runs, VersionRegistration versions, Jobs jobs, Clock clock) {
    this.runs = runs;
    this.versions = versions;
    this.jobs = jobs;
    this.clock = clock;
  }

  /** Repeatable. The run is ended first: the registry takes only ended runs. */
  void register(Tenant tenant, JobEnd.Message message) {
    runs.end(tenant, message.submittedBy(), message.run(), message.outcome());
    String model = message.modelId().orElseThrow();
    try {
      int version =
          versions.register(
              tenant, message.submittedBy(), message.jobId(), message.run().runId(), model);
      jobs.note(
          message.jobId(),
          job -> {
            job.registered(version);
            job.condition(
                JobCondition.Type.REGISTERED,
                true,
                JobCondition.Reason.DONE,
                "The model is version %d of %s.".formatted(version, model),
                clock.instant());
          });
    } catch (VersionRegistration.RegistrationRefused e) {
      jobs.note(
          message.jobId(),
          job ->
              job.condition(
                  JobCondition.Type.REGISTERED,
                  false,
                  JobCondition.Reason.REFUSED,
                  e.reason(),
                  clock.instant()));
    }
  }
}
