package ai.matih.ml.training.job;

import ai.matih.ml.common.tenant.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the world is told when a job has ended: stored with the end, delivered until it arrives. */
public final class JobEnd {

  /** Ends the run. */
  public static final String END_RUN = "training.run.end";

  /** Makes the model a version. */
  public static final String REGISTER = "training.version.register";

  private JobEnd() {}

  /**
   * One thing to tell.
   *
   * @param modelId for {@link #REGISTER}
   */
  public record Message(
      String type,
      JobId jobId,
      String submittedBy,
      RunReference run,
      ExperimentRuns.RunOutcome outcome,
      Optional<String> modelId) {}

  /** Nothing for jobs that never had a run. */
  public static List<Message> messages(Job job) {
    List<Message> messages = new ArrayList<>();
    if (job.run().isEmpty() || !job.status().isTerminal()) {
      return messages;
    }
    ExperimentRuns.RunOutcome outcome =
        switch (job.status()) {
          case SUCCEEDED -> ExperimentRuns.RunOutcome.FINISHED;
          case CANCELLED -> ExperimentRuns.RunOutcome.KILLED;
          default -> ExperimentRuns.RunOutcome.FAILED;
        };
    RunReference run = job.run().get();
    messages.add(new Message(END_RUN, job.id(), job.submittedBy(), run, outcome, Optional.empty()));
    if (job.status() == JobStatus.SUCCEEDED && job.training().registerModel().isPresent()) {
      messages.add(
          new Message(
              REGISTER, job.id(), job.submittedBy(), run, outcome, job.training().registerModel()));
    }
    return messages;
  }

  /** Ends the run in its experiment. */
  static void endRun(ExperimentRuns runs, Tenant tenant, Message message) {
    runs.end(tenant, message.submittedBy(), message.run(), message.outcome());
  }

  /** Makes the version, once the run has ended, and notes its number or why there is none. */
  static void register(
      ExperimentRuns runs,
      VersionRegistration versions,
      Jobs jobs,
      java.time.Clock clock,
      Tenant tenant,
      Message message) {
    endRun(runs, tenant, message);
    try {
      int version =
          versions.register(
              tenant,
              message.submittedBy(),
              message.jobId(),
              message.run().runId(),
              message.modelId().orElseThrow());
      jobs.note(
          message.jobId(),
          job -> {
            job.registered(version);
            job.condition(
                JobCondition.Type.REGISTERED,
                true,
                JobCondition.Reason.DONE,
                "The model is version %d of %s.".formatted(version, message.modelId().get()),
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
