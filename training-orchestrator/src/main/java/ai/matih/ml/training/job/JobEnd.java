package ai.matih.ml.training.job;

import java.util.List;

/**
 * Messages to other services when a job has ended: stored with the end, delivered until they
 * arrive.
 */
public final class JobEnd {

  /** Ends the run. */
  public static final String END_RUN = "training.run.end";

  /** Ends the runs below it that a search left. */
  public static final String END_TRIAL_RUNS = "training.trial-runs.end";

  private JobEnd() {}

  /** One message. */
  public record Message(
      String type,
      JobId jobId,
      String submittedBy,
      RunReference run,
      ExperimentRuns.RunOutcome outcome) {}

  /** Nothing for jobs that never had a run. */
  public static List<Message> messages(Job job) {
    if (!job.status().isTerminal() || job.run().isEmpty()) {
      return List.of();
    }
    Message end = message(END_RUN, job, outcome(job));
    return job.specification() instanceof TrainingSpecification training
            && training.tuning().isPresent()
        ? List.of(end, message(END_TRIAL_RUNS, job, ExperimentRuns.RunOutcome.KILLED))
        : List.of(end);
  }

  private static Message message(String type, Job job, ExperimentRuns.RunOutcome outcome) {
    return new Message(type, job.id(), job.submittedBy(), job.run().orElseThrow(), outcome);
  }

  /** A run whose model is there has finished, also when no version of it is. */
  private static ExperimentRuns.RunOutcome outcome(Job job) {
    if (job.model().isPresent()) {
      return ExperimentRuns.RunOutcome.FINISHED;
    }
    return job.status() == JobStatus.CANCELLED
        ? ExperimentRuns.RunOutcome.KILLED
        : ExperimentRuns.RunOutcome.FAILED;
  }
}
