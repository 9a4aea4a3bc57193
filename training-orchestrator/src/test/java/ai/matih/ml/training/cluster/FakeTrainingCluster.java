package ai.matih.ml.training.cluster;

import ai.matih.ml.common.http.EngineFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A cluster in memory. It obeys {@link TrainingClusterContract}; tests say what jobs do. */
public final class FakeTrainingCluster implements TrainingCluster {

  /** What happens to the next submission. */
  public enum NextSubmission {
    ANSWERED,
    /** It arrives, and the answer gets lost. */
    REPLY_LOST,
    /** It gets lost, and so no answer comes. */
    REQUEST_LOST,
    UNREACHABLE,
    REFUSED
  }

  /** A submission with what became of it. */
  public record Seen(Submission submission, ClusterJob job) {}

  private final Map<SubmissionId, Seen> known = new LinkedHashMap<>();
  private final List<SubmissionId> everAccepted = new ArrayList<>();
  private String session = "session-1";
  private Capacity capacity = new Capacity(List.of(new Capacity.Node(4, 0, 8L << 30, Map.of())));
  private NextSubmission next = NextSubmission.ANSWERED;
  private boolean ignoresStops;
  private boolean open;
  private boolean away;

  public synchronized void next(NextSubmission what) {
    next = what;
  }

  public synchronized void capacity(Capacity other) {
    capacity = other;
  }

  /** Submissions that have not begun ignore a stop, as Ray's do. */
  public synchronized void ignoreStops() {
    ignoresStops = true;
  }

  public synchronized void open(boolean isOpen) {
    open = isOpen;
  }

  public synchronized void away(boolean isAway) {
    away = isAway;
  }

  /** The head dies and another one starts: nothing is known any more. */
  public synchronized void restart() {
    session = "session-" + UUID.randomUUID();
    known.clear();
  }

  /** An attempt of before the restart shows up again. */
  public synchronized void comesBack(Submission submission) {
    put(submission, ClusterJob.Status.RUNNING, false, null);
  }

  public synchronized void becomes(SubmissionId id, ClusterJob.Status status) {
    put(seen(id).submission(), status, false, status == ClusterJob.Status.FAILED ? 1 : null);
  }

  /** The cluster loses the process of a submission. */
  public synchronized void losesDriver(SubmissionId id) {
    put(seen(id).submission(), ClusterJob.Status.FAILED, true, null);
  }

  public synchronized Seen seen(SubmissionId id) {
    return Optional.ofNullable(known.get(id)).orElseThrow();
  }

  /** Every submission that was ever taken, over all restarts. */
  public synchronized List<SubmissionId> everAccepted() {
    return List.copyOf(everAccepted);
  }

  private void put(
      Submission submission,
      ClusterJob.Status status,
      boolean driverLost,
      @Nullable Integer exitStatus) {
    known.put(
        submission.id(),
        new Seen(
            submission,
            new ClusterJob(
                submission.id(),
                status,
                driverLost,
                Optional.ofNullable(exitStatus),
                submission.labels(),
                Optional.empty(),
                Optional.empty())));
  }

  private void answer() {
    if (away) {
      throw new EngineFailure.Unavailable("ray", "away", Optional.empty());
    }
  }

  @Override
  public synchronized String session() {
    answer();
    if (open) {
      throw new ClusterNotSafe("open");
    }
    return session;
  }

  @Override
  public synchronized List<ClusterJob> jobs() {
    answer();
    return known.values().stream().map(Seen::job).toList();
  }

  @Override
  public synchronized Optional<ClusterJob> job(SubmissionId id) {
    answer();
    return Optional.ofNullable(known.get(id)).map(Seen::job);
  }

  @Override
  public synchronized Accepted submit(Submission submission) {
    session();
    NextSubmission now = next;
    next = NextSubmission.ANSWERED;
    return switch (now) {
      case ANSWERED -> take(submission);
      case REPLY_LOST -> {
        take(submission);
        throw new EngineFailure.OutcomeUnknown("ray", "no answer");
      }
      case REQUEST_LOST -> throw new EngineFailure.OutcomeUnknown("ray", "no answer");
      case UNREACHABLE -> throw new EngineFailure.Unavailable("ray", "away", Optional.empty());
      case REFUSED -> throw new EngineFailure.Refused("ray", 400, "secret text");
    };
  }

  private Accepted take(Submission submission) {
    if (known.containsKey(submission.id())) {
      return Accepted.KNOWN_ALREADY;
    }
    everAccepted.add(submission.id());
    put(submission, ClusterJob.Status.PENDING, false, null);
    return Accepted.NEW;
  }

  @Override
  public synchronized void stop(SubmissionId id) {
    answer();
    Seen seen = known.get(id);
    if (seen != null
        && !seen.job().status().isTerminal()
        && !(ignoresStops && seen.job().status() == ClusterJob.Status.PENDING)) {
      put(seen.submission(), ClusterJob.Status.STOPPED, false, null);
    }
  }

  @Override
  public synchronized Optional<JobLog> log(SubmissionId id) {
    answer();
    return Optional.ofNullable(known.get(id)).map(_ -> new JobLog("hello\n", false));
  }

  @Override
  public synchronized Capacity capacity() {
    answer();
    return capacity;
  }
}
