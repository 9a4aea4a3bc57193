package ai.matih.ml.training.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Messages to other services when a job has ended: stored with the end, delivered until they
 * arrive.
 */
public final class JobEnd {

  /** Ends the run. */
  public static final String END_RUN = "training.run.end";

  /** Makes the model a version. */
  public static final String REGISTER = "training.version.register";

  private JobEnd() {}

  /**
   * One message.
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
}
