package ai.matih.ml.training.job;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.cluster.SubmissionId;
import com.fasterxml.jackson.annotation.JsonAlias;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job in the cluster. It guards its own moves by {@link JobLifecycle}; its store sends the
 * messages to other services when it ends.
 */
public final class Job {

  private static final int MOVES_KEPT = 100;

  private Tenant tenant;
  private JobId id;
  private String submittedBy;
  private Instant createdAt;
  private JobSpecification specification;
  private JobStatus status;
  private int attempt;

  /** The attempt for which the run was made; a retry after an end gets a new run. */
  private int runAttempt;

  private int losses;
  private @Nullable RunReference run;
  private @Nullable FeaturePlan plan;

  /** Absent for a job that repeats none. */
  private @Nullable Original reproduces;

  private @Nullable String session;
  private @Nullable Instant firstSubmittedAt;
  private @Nullable Instant startedAt;
  private @Nullable Instant trainedAt;
  private @Nullable Instant finishedAt;
  private @Nullable String cancelRequestedBy;
  private @Nullable Instant stopRequestedAt;
  private @Nullable JobFailure failure;
  private @Nullable JobProgress progress;

  /** Called {@code model} while jobs could do nothing but train. */
  @JsonAlias("model")
  private @Nullable JobResult result;

  private @Nullable Integer registeredVersion;
  private List<JobCondition> conditions;
  private List<JobMove> moves;

  /** For the store, which fills the fields. */
  @SuppressWarnings({"NullAway.Init", "unused"})
  private Job() {}

  private Job(
      Tenant tenant, JobId id, String submittedBy, JobSpecification specification, Instant now) {
    this.tenant = tenant;
    this.id = id;
    this.submittedBy = submittedBy;
    this.createdAt = now;
    this.specification = specification;
    this.status = JobStatus.QUEUED;
    this.attempt = 1;
    this.runAttempt = 1;
    this.conditions = new ArrayList<>();
    this.moves = new ArrayList<>();
  }

  public static Job submitted(
      Tenant tenant, JobId id, String submittedBy, JobSpecification specification, Instant now) {
    return new Job(tenant, id, submittedBy, specification, now);
  }

  /**
   * The same training once more: from the same files, by the same feature plan, into the same
   * experiment. It makes no version.
   *
   * @throws IllegalStateException unless the original has trained a model
   */
  static Job reproducing(Job original, JobId id, String submittedBy, Instant now) {
    TrainedModel model = original.model().orElseThrow(IllegalStateException::new);
    TrainingSpecification training =
        original
            .training()
            .withoutVersion(
                original
                    .run()
                    .map(RunReference::experimentId)
                    .or(original.training()::experimentId));
    Job job = new Job(original.tenant, id, submittedBy, training, now);
    job.plan = original.plan;
    job.reproduces = new Original(original.id, model.metrics(), model.dataDigest());
    return job;
  }

  private void move(JobEvent event, Instant now) {
    JobStatus from = status;
    status = JobLifecycle.next(from, event).orElseThrow(() -> new IllegalJobMove(from, event));
    moves.add(new JobMove(attempt, from, event, status, now));
    if (moves.size() > MOVES_KEPT) {
      moves.removeFirst();
    }
    if (status.isTerminal()) {
      finishedAt = now;
    }
  }

  void hasRun(RunReference made) {
    run = made;
  }

  void hasPlan(FeaturePlan made) {
    plan = made;
  }

  /** The attempt is about to be submitted to the cluster, which is in this session. */
  void prepared(String clusterSession, Instant now) {
    move(JobEvent.PREPARED, now);
    session = clusterSession;
    stopRequestedAt = null;
    if (firstSubmittedAt == null) {
      firstSubmittedAt = now;
    }
  }

  void accepted(Instant now) {
    move(JobEvent.ACCEPTED, now);
  }

  void answerMissing(Instant now) {
    move(JobEvent.ANSWER_MISSING, now);
  }

  void notFound(Instant now) {
    move(JobEvent.NOT_FOUND, now);
  }

  void forgotten(Instant now) {
    move(JobEvent.FORGOTTEN, now);
    losses++;
  }

  void started(Instant at, Instant now) {
    move(JobEvent.STARTED, now);
    if (startedAt == null) {
      startedAt = at;
    }
  }

  void made(JobProgress seen) {
    progress = seen;
  }

  /** The cluster has done its part; the model becomes a version. */
  void trained(JobResult left, Instant now) {
    move(JobEvent.TRAINED, now);
    result = left;
    trainedAt = now;
    waitForVersion(now);
  }

  private void waitForVersion(Instant now) {
    progress = new JobProgress("registering", 0, 0, Map.of(), now);
    condition(
        JobCondition.Type.REGISTERED,
        false,
        JobCondition.Reason.WAITING,
        "The model is %s and becomes a version of %s.".formatted(made(), modelId()),
        now);
  }

  private String modelId() {
    return making().registerModel().orElseThrow();
  }

  /** What happened to the model, in a word. */
  private String made() {
    return specification instanceof PreparationSpecification ? "prepared" : "trained";
  }

  /** Whether the model is trained and has yet to become a version. */
  public boolean isRegistering() {
    return status == JobStatus.RUNNING && trainedAt != null;
  }

  void registered(int version, Instant now) {
    move(JobEvent.SUCCEEDED, now);
    registeredVersion = version;
    condition(
        JobCondition.Type.REGISTERED,
        true,
        JobCondition.Reason.DONE,
        "The model is version %d of %s.".formatted(version, modelId()),
        now);
  }

  /** The registry takes no version of the model, which is kept. */
  void registrationRefused(String reason, Instant now) {
    condition(JobCondition.Type.REGISTERED, false, JobCondition.Reason.REFUSED, reason, now);
    failed(
        new JobFailure(
            JobFailure.REGISTRATION_REFUSED,
            "The model is %s and kept in run %s, but %s took no version of it: %s Put that right, then retry the job: it registers this model and does nothing else again."
                .formatted(
                    made(), run().map(RunReference::runId).orElseThrow(), modelId(), reason)),
        now);
  }

  void succeeded(JobResult left, Instant now) {
    move(JobEvent.SUCCEEDED, now);
    result = left;
  }

  void failed(JobFailure why, Instant now) {
    move(JobEvent.FAILED, now);
    failure = why;
  }

  void cancelled(Instant now) {
    move(JobEvent.CANCELLED, now);
  }

  /** A new attempt after a loss; it goes on with the same run. */
  void retriedAfterLoss(Instant now) {
    move(JobEvent.RETRIED, now);
    attempt++;
    session = null;
    progress = null;
  }

  /**
   * A new attempt after an end, which ended the run too. Where only the version is missing, it is
   * the registry that is asked again.
   */
  void retriedByHand(Instant now) {
    if (failure != null && failure.code().equals(JobFailure.REGISTRATION_REFUSED)) {
      move(JobEvent.REGISTRATION_RETRIED, now);
      failure = null;
      finishedAt = null;
      waitForVersion(now);
      return;
    }
    move(JobEvent.RETRIED, now);
    attempt++;
    runAttempt = attempt;
    losses = 0;
    run = null;
    if (reproduces == null) {
      plan = null;
    }
    session = null;
    firstSubmittedAt = null;
    startedAt = null;
    finishedAt = null;
    cancelRequestedBy = null;
    stopRequestedAt = null;
    failure = null;
    progress = null;
    conditions.clear();
  }

  /** Wants the end; it comes when the cluster has confirmed it. Repeatable while the job lives. */
  void requestCancel(String by) {
    if (status == JobStatus.SUCCEEDED || status == JobStatus.FAILED) {
      throw new IllegalJobMove(status, JobEvent.CANCELLED);
    }
    if (isRegistering()) {
      throw new IllegalJobMove(
          status,
          JobEvent.CANCELLED,
          "its model is made and is being registered; the version can be deleted when it is there");
    }
    if (cancelRequestedBy == null) {
      cancelRequestedBy = by;
    }
  }

  /** Keeps a wish to cancel that came while this copy of the job was being worked on. */
  public void takeOverCancel(Job stored) {
    if (cancelRequestedBy == null && !status.isTerminal()) {
      cancelRequestedBy = stored.cancelRequestedBy;
    }
  }

  void stopRequested(Instant now) {
    if (stopRequestedAt == null) {
      stopRequestedAt = now;
    }
  }

  /** Notes a condition; the time changes only with the status. */
  void condition(
      JobCondition.Type type,
      boolean holds,
      JobCondition.Reason reason,
      String message,
      Instant now) {
    Instant since =
        conditions.stream()
            .filter(before -> before.type() == type && before.status() == holds)
            .findFirst()
            .map(JobCondition::since)
            .orElse(now);
    clear(type);
    conditions.add(new JobCondition(type, holds, reason, message, since));
  }

  /**
   * Every engine answers: removes the conditions that said otherwise; true when there were some.
   */
  boolean reachedAgain() {
    return conditions.removeIf(
        condition ->
            condition.type() == JobCondition.Type.CLUSTER_REACHABLE
                || condition.type() == JobCondition.Type.NEIGHBOURS_REACHABLE);
  }

  private void clear(JobCondition.Type type) {
    conditions.removeIf(condition -> condition.type() == type);
  }

  public boolean isOutOfTime(Instant now) {
    return firstSubmittedAt != null && now.isAfter(firstSubmittedAt.plus(specification.timeout()));
  }

  public Tenant tenant() {
    return tenant;
  }

  public JobId id() {
    return id;
  }

  public String submittedBy() {
    return submittedBy;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public JobSpecification specification() {
    return specification;
  }

  /** What is to be made; only jobs that make a model have a run and ask for it. */
  public JobSpecification.MakesModel making() {
    if (specification instanceof JobSpecification.MakesModel making) {
      return making;
    }
    throw new IllegalStateException(this + " makes no model");
  }

  /** What is to be trained. */
  public TrainingSpecification training() {
    if (specification instanceof TrainingSpecification training) {
      return training;
    }
    throw new IllegalStateException(this + " trains nothing");
  }

  public JobStatus status() {
    return status;
  }

  public int attempt() {
    return attempt;
  }

  public int runAttempt() {
    return runAttempt;
  }

  public int losses() {
    return losses;
  }

  public SubmissionId submissionId() {
    return SubmissionId.of(id.value(), attempt);
  }

  public Optional<RunReference> run() {
    return Optional.ofNullable(run);
  }

  public Optional<FeaturePlan> plan() {
    return Optional.ofNullable(plan);
  }

  /** The training that it repeats. */
  public Optional<Original> reproduces() {
    return Optional.ofNullable(reproduces);
  }

  public Optional<String> session() {
    return Optional.ofNullable(session);
  }

  public Optional<Instant> firstSubmittedAt() {
    return Optional.ofNullable(firstSubmittedAt);
  }

  public Optional<Instant> startedAt() {
    return Optional.ofNullable(startedAt);
  }

  /** When it gave back its share of the cluster. */
  public Optional<Instant> leftClusterAt() {
    return Optional.ofNullable(trainedAt).or(this::finishedAt);
  }

  public Optional<Instant> finishedAt() {
    return Optional.ofNullable(finishedAt);
  }

  public boolean isCancelRequested() {
    return cancelRequestedBy != null;
  }

  public Optional<Instant> stopRequestedAt() {
    return Optional.ofNullable(stopRequestedAt);
  }

  public Optional<JobFailure> failure() {
    return Optional.ofNullable(failure);
  }

  public Optional<JobProgress> progress() {
    return Optional.ofNullable(progress);
  }

  public Optional<JobResult> result() {
    return Optional.ofNullable(result);
  }

  /** What a training made. */
  public Optional<TrainedModel> model() {
    return result instanceof TrainedModel model ? Optional.of(model) : Optional.empty();
  }

  /** What the training told of itself so far. */
  public List<JobWarning> warnings() {
    return model()
        .map(TrainedModel::warnings)
        .or(() -> progress().map(JobProgress::warnings))
        .orElse(List.of());
  }

  public Optional<Integer> registeredVersion() {
    return Optional.ofNullable(registeredVersion);
  }

  public List<JobCondition> conditions() {
    return List.copyOf(conditions);
  }

  public List<JobMove> moves() {
    return List.copyOf(moves);
  }

  @Override
  public String toString() {
    return "job " + id + " (" + status.wire() + ", attempt " + attempt + ")";
  }
}
