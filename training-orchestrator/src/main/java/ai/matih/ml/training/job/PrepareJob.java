package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.training.cluster.Capacity;
import ai.matih.ml.training.cluster.TrainingCluster;
import java.time.Duration;
import java.util.Optional;

/**
 * Brings a queued job to the point where it can be submitted: its run, its feature plan, room in
 * the cluster; then chooses the attempt's id.
 */
final class PrepareJob {

  private final ExperimentRuns runs;
  private final FeaturePlans plans;
  private final TrainingCluster cluster;
  private final JobDemand demand;
  private final JobSettings settings;

  PrepareJob(
      ExperimentRuns runs,
      FeaturePlans plans,
      TrainingCluster cluster,
      JobDemand demand,
      JobSettings settings) {
    this.runs = runs;
    this.plans = plans;
    this.cluster = cluster;
    this.demand = demand;
    this.settings = settings;
  }

  /** When to take the next step; empty when the job has moved. */
  Optional<Duration> step(ClaimedJob claimed) {
    Job job = claimed.job();
    if (job.isCancelRequested()) {
      job.cancelled(claimed.now());
      claimed.store();
      return Optional.empty();
    }
    if (!hasRun(claimed) || !hasPlan(claimed)) {
      return Optional.empty();
    }
    String session = cluster.session();
    if (!isAdmitted(claimed)) {
      return job.status().isTerminal() ? Optional.empty() : Optional.of(settings.poll());
    }
    job.prepared(session, claimed.now());
    claimed.store();
    return Optional.empty();
  }

  /** Only a job that makes a model has a run. */
  private boolean hasRun(ClaimedJob claimed) {
    Job job = claimed.job();
    if (job.specification() instanceof JobSpecification.MakesModel && job.run().isEmpty()) {
      try {
        job.hasRun(runs.ensure(job));
      } catch (EngineFailure.Refused e) {
        if (e.status() != 404 && e.status() != 409) {
          throw e;
        }
        claimed.fail(
            JobFailure.EXPERIMENT_NOT_FOUND,
            "The run could not be made: the experiment is not there or takes no runs.");
        return false;
      }
      claimed.store();
    }
    return true;
  }

  private boolean hasPlan(ClaimedJob claimed) {
    Job job = claimed.job();
    if (job.specification() instanceof TrainingSpecification training
        && training.join().isPresent()
        && job.plan().isEmpty()) {
      try {
        job.hasPlan(plans.plan(job));
      } catch (FeaturePlans.PlanRefused e) {
        claimed.fail(JobFailure.FEATURES_REFUSED, e.reason());
        return false;
      }
      claimed.store();
    }
    return true;
  }

  /**
   * Whether there is room for all workers at once, beside running jobs and those that wait before
   * it.
   */
  private boolean isAdmitted(ClaimedJob claimed) {
    Job job = claimed.job();
    JobSpecification.Resources asked = job.specification().atOnce();
    Capacity capacity = cluster.capacity();
    Optional<String> tooLarge = asked.tooLargeFor(capacity);
    if (tooLarge.isPresent()) {
      claimed.fail(JobFailure.INSUFFICIENT_RESOURCES, tooLarge.get());
      return false;
    }
    JobDemand.Demand taken = demand.before(job);
    boolean fits =
        taken.cpus() + asked.cpus() <= capacity.cpus() + 1e-9
            && taken.gpus() + asked.gpus() <= capacity.gpus() + 1e-9
            && taken.memoryBytes() + asked.memoryBytes() <= capacity.memoryBytes();
    if (!fits) {
      job.condition(
          JobCondition.Type.ADMITTED,
          false,
          JobCondition.Reason.WAITING_FOR_CAPACITY,
          "Waits for room in the cluster; %d jobs wait before it.".formatted(taken.waiting()),
          claimed.now());
      claimed.store();
      return false;
    }
    job.condition(
        JobCondition.Type.ADMITTED,
        true,
        JobCondition.Reason.DONE,
        "There is room.",
        claimed.now());
    return true;
  }
}
