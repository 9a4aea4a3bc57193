package ai.matih.ml.training.job;

import static ai.matih.ml.training.job.JobStatus.*;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The whole lifecycle of a job: the only moves there are, and why the others are not. */
public final class JobLifecycle {

  private static final Map<JobStatus, Map<JobEvent, JobStatus>> MOVES = moves();

  private JobLifecycle() {}

  private static Map<JobStatus, Map<JobEvent, JobStatus>> moves() {
    Map<JobStatus, Map<JobEvent, JobStatus>> moves = new EnumMap<>(JobStatus.class);
    from(moves, QUEUED)
        .on(JobEvent.PREPARED, SUBMITTING)
        .on(JobEvent.FAILED, FAILED) // It cannot be prepared: refused data, features or size.
        .on(JobEvent.CANCELLED, CANCELLED);
    from(moves, SUBMITTING)
        .on(JobEvent.ACCEPTED, PENDING)
        .on(JobEvent.ANSWER_MISSING, UNKNOWN)
        .on(
            JobEvent.FORGOTTEN,
            LOST) // Another cluster answers now; what the first one did is gone.
        .on(JobEvent.FAILED, FAILED) // The cluster refused it.
        .on(JobEvent.CANCELLED, CANCELLED);
    from(moves, UNKNOWN)
        .on(JobEvent.ACCEPTED, PENDING)
        .on(JobEvent.NOT_FOUND, SUBMITTING) // The same id once more: the cluster takes it once.
        .on(JobEvent.FORGOTTEN, LOST)
        .on(JobEvent.CANCELLED, CANCELLED);
    from(moves, PENDING)
        .on(JobEvent.STARTED, RUNNING)
        .on(JobEvent.TRAINED, RUNNING)
        .on(JobEvent.SUCCEEDED, SUCCEEDED)
        .on(JobEvent.FAILED, FAILED)
        .on(JobEvent.CANCELLED, CANCELLED)
        .on(JobEvent.FORGOTTEN, LOST);
    from(moves, RUNNING)
        .on(JobEvent.TRAINED, RUNNING) // A success is one when the version is there.
        .on(JobEvent.SUCCEEDED, SUCCEEDED)
        .on(JobEvent.FAILED, FAILED)
        .on(JobEvent.CANCELLED, CANCELLED)
        .on(JobEvent.FORGOTTEN, LOST);
    from(moves, LOST)
        .on(JobEvent.RETRIED, QUEUED)
        .on(JobEvent.FAILED, FAILED) // Lost too often, or out of time.
        .on(JobEvent.CANCELLED, CANCELLED);
    from(moves, FAILED)
        .on(JobEvent.RETRIED, QUEUED)
        .on(JobEvent.REGISTRATION_RETRIED, RUNNING); // Nothing has to be trained again.
    from(moves, CANCELLED).on(JobEvent.RETRIED, QUEUED);
    from(moves, SUCCEEDED);
    return moves;
  }

  /** Where an event leads; empty when it cannot happen there. */
  public static Optional<JobStatus> next(JobStatus from, JobEvent event) {
    return Optional.ofNullable(MOVES.getOrDefault(from, Map.of()).get(event));
  }

  /** Why a move is impossible, for people; empty when it is possible. */
  public static Optional<String> obstacle(JobStatus from, JobEvent event) {
    if (next(from, event).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (from) {
          case SUCCEEDED ->
              event == JobEvent.RETRIED
                  ? "it has succeeded and its model stays as it is; submit a new job"
                  : "it has succeeded, which is final";
          case FAILED, CANCELLED -> "it has ended; only a retry can follow";
          case QUEUED ->
              event == JobEvent.RETRIED
                  ? "it has not been tried yet"
                  : "nothing was submitted to the cluster yet";
          case SUBMITTING, UNKNOWN ->
              switch (event) {
                case RETRIED, REGISTRATION_RETRIED ->
                    "its present attempt may be in the cluster; cancel it first";
                case FAILED ->
                    "whether the cluster has it is not known, and an attempt in the cluster may still succeed";
                default -> "the cluster has not confirmed that it has it";
              };
          case PENDING, RUNNING ->
              switch (event) {
                case RETRIED, REGISTRATION_RETRIED ->
                    "its present attempt is in the cluster; cancel it first";
                case STARTED -> "it runs already";
                default -> "the cluster has confirmed already that it has it";
              };
          case LOST -> "the cluster has forgotten it; a new attempt follows by itself";
        });
  }

  /** The table as a Mermaid state diagram, for the docs. */
  public static String diagram() {
    StringBuilder text = new StringBuilder("stateDiagram-v2\n    [*] --> queued\n");
    MOVES.forEach(
        (from, on) -> {
          Map<JobStatus, StringBuilder> labels = new LinkedHashMap<>();
          on.forEach(
              (event, to) -> {
                StringBuilder label = labels.computeIfAbsent(to, _ -> new StringBuilder());
                label.append(label.isEmpty() ? "" : ", ").append(event.wire());
              });
          labels.forEach(
              (to, label) ->
                  text.append("    %s --> %s: %s\n".formatted(from.wire(), to.wire(), label)));
        });
    for (JobStatus status : JobStatus.values()) {
      if (status.isTerminal()) {
        text.append("    %s --> [*]\n".formatted(status.wire()));
      }
    }
    return text.toString();
  }

  private static Row from(Map<JobStatus, Map<JobEvent, JobStatus>> moves, JobStatus from) {
    return new Row(moves.computeIfAbsent(from, _ -> new EnumMap<>(JobEvent.class)));
  }

  private record Row(Map<JobEvent, JobStatus> moves) {
    Row on(JobEvent event, JobStatus to) {
      moves.put(event, to);
      return this;
    }
  }
}
