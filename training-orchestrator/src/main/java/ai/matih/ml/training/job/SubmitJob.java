package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.training.cluster.Capacity;
import ai.matih.ml.training.cluster.ClusterNotSafe;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.dataset.Datasets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a training job: checks everything that can be known, stores it, and waits a moment for its
 * run. What can only be known later (a file on the store, the features) makes the job fail with the
 * reason.
 */
public final class SubmitJob {

  private static final Logger log = LoggerFactory.getLogger(SubmitJob.class);
  private static final Duration PATIENCE_FOR_RUN = Duration.ofSeconds(3);

  private final Jobs jobs;
  private final Datasets datasets;
  private final ExperimentRuns runs;
  private final TrainingCluster cluster;
  private final JobChanges changes;
  private final JobSettings settings;
  private final Clock clock;

  SubmitJob(
      Jobs jobs,
      Datasets datasets,
      ExperimentRuns runs,
      TrainingCluster cluster,
      JobChanges changes,
      JobSettings settings,
      Clock clock) {
    this.jobs = jobs;
    this.datasets = datasets;
    this.runs = runs;
    this.cluster = cluster;
    this.changes = changes;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Repeatable by its key: the same key is the same job.
   *
   * @throws Problem with every fault of the request
   */
  public Job submit(Caller caller, JobRequest request, Optional<String> idempotencyKey) {
    TrainingSpecification specification = check(caller, request);
    JobId id =
        idempotencyKey
            .map(key -> JobId.ofRequest(caller.tenant().slug(), caller.principal(), key))
            .orElseGet(JobId::random);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Job job = jobs.add(Job.submitted(caller.tenant(), id, caller.actor(), specification, now));
    if (!job.specification().equals(specification)) {
      throw new Problem(
          CommonError.IDEMPOTENCY_KEY_REUSED, "The key was used for another training job before.");
    }
    return withRun(job);
  }

  private TrainingSpecification check(Caller caller, JobRequest request) {
    JobRules rules =
        new JobRules(
            caller.tenant(), settings.sourceBuckets(), settings.longestTimeout(), datasets::find);
    Optional<TrainingSpecification> checked = rules.check(request);
    if (checked.isEmpty()) {
      throw Problem.invalid(rules.violations());
    }
    TrainingSpecification specification = checked.get();
    List<Violation> violations = new ArrayList<>();
    Optional<String> experiment = specification.experimentId();
    if (experiment.isPresent() && !runs.exists(caller.tenant(), caller.actor(), experiment.get())) {
      violations.add(new Violation("experiment_id", "there is no such experiment"));
    }
    Optional<Capacity> tooSmall = tooSmall(specification.resources(), violations);
    if (!violations.isEmpty()) {
      Problem problem = Problem.invalid(violations);
      tooSmall.ifPresent(capacity -> problem.with("capacity", describe(capacity)));
      throw problem;
    }
    return specification;
  }

  /** An impossible size is refused at once; with the cluster away, it is when it is back. */
  private Optional<Capacity> tooSmall(
      JobSpecification.Resources asked, List<Violation> violations) {
    try {
      Capacity capacity = cluster.capacity();
      int most =
          capacity.holds(
              asked.cpusPerWorker(),
              asked.gpusPerWorker(),
              asked.memoryBytesPerWorker().orElse(0L));
      if (most < asked.numWorkers() && !capacity.nodes().isEmpty()) {
        violations.add(
            new Violation(
                asked.gpusPerWorker() > 0 && capacity.gpus() == 0
                    ? "resources.gpus_per_worker"
                    : "resources.num_workers",
                PrepareJob.tooSmall(capacity, most)));
        return Optional.of(capacity);
      }
    } catch (EngineFailure | ClusterNotSafe e) {
      log.warn("a job is taken without a look at the cluster: {}", e.toString());
    }
    return Optional.empty();
  }

  private static Map<String, Object> describe(Capacity capacity) {
    return Map.of(
        "cpus",
        capacity.cpus(),
        "gpus",
        capacity.gpus(),
        "memory_bytes",
        capacity.memoryBytes(),
        "nodes",
        capacity.nodes().size());
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
