package ai.matih.ml.training.job;

import java.util.Optional;

/**
 * Messages to other services when a job has ended: stored with the end, delivered until they
 * arrive.
 */
public final class JobEnd {

  /** Ends the run. */
  public static final String END_RUN = "training.run.end";

  private JobEnd() {}

  /** One message. */
  public record Message(
      String type,
      JobId jobId,
      String submittedBy,
      RunReference run,
      ExperimentRuns.RunOutcome outcome) {}

  /** Nothing for jobs that never had a run. */
  public static Optional<Message> message(Job job) {
    return job.status().isTerminal()
        ? job.run().map(run -> new Message(END_RUN, job.id(), job.submittedBy(), run, outcome(job)))
        : Optional.empty();
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
