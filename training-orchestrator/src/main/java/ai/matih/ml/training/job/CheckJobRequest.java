package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.training.algorithm.Algorithms;
import ai.matih.ml.training.algorithm.Task;
import ai.matih.ml.training.cluster.Capacity;
import ai.matih.ml.training.cluster.ClusterNotSafe;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.dataset.Datasets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks everything of a request for a training job that can be known when it comes. What can only
 * be known later (a file on the store, the features) makes the job fail with the reason.
 */
final class CheckJobRequest {

  private static final Logger log = LoggerFactory.getLogger(CheckJobRequest.class);

  private final Algorithms algorithms;
  private final Datasets datasets;
  private final ExperimentRuns runs;
  private final RegistryModels models;
  private final TrainingCluster cluster;
  private final JobSettings settings;

  CheckJobRequest(
      Algorithms algorithms,
      Datasets datasets,
      ExperimentRuns runs,
      RegistryModels models,
      TrainingCluster cluster,
      JobSettings settings) {
    this.algorithms = algorithms;
    this.datasets = datasets;
    this.runs = runs;
    this.models = models;
    this.cluster = cluster;
    this.settings = settings;
  }

  /**
   * The complete specification.
   *
   * @throws Problem with every fault of the request
   */
  TrainingSpecification check(Caller caller, JobRequest request) {
    JobRules rules =
        new JobRules(
            caller.tenant(),
            algorithms,
            settings.sourceBuckets(),
            settings.longestTimeout(),
            datasets::find);
    Optional<TrainingSpecification> checked = rules.check(request);
    if (checked.isEmpty()) {
      throw Problem.invalid(rules.violations());
    }
    TrainingSpecification specification = checked.get();
    Violations violations = new Violations();
    Optional<String> experiment = specification.experimentId();
    if (experiment.isPresent() && !runs.exists(caller.tenant(), caller.actor(), experiment.get())) {
      violations.add("experiment_id", "there is no such experiment");
    }
    specification
        .registerModel()
        .flatMap(model -> notFor(specification.task(), model, caller))
        .ifPresent(reason -> violations.add("register.model_id", reason));
    Optional<Capacity> tooSmall = tooSmall(specification, violations);
    if (!violations.isEmpty()) {
      Problem problem = Problem.invalid(violations.list());
      tooSmall.ifPresent(capacity -> problem.with("capacity", describe(capacity)));
      throw problem;
    }
    return specification;
  }

  /**
   * Why the trained model could not become a version. While the registry cannot be asked, the job
   * is not taken: what it trains might be for nothing.
   */
  private Optional<String> notFor(Task task, String model, Caller caller) {
    return switch (models.find(caller.tenant(), caller.actor(), model)) {
      case RegistryModels.Known known when known.task() == task -> Optional.empty();
      case RegistryModels.Known known ->
          Optional.of(
              "'%s' is a model for %s and the job is for %s"
                  .formatted(model, known.task().wire(), task.wire()));
      case RegistryModels.Deleted _ ->
          Optional.of(
              "the model '%1$s' was deleted; POST /api/v1/ml/models/%1$s/restore brings it back"
                  .formatted(model));
      case RegistryModels.Missing _ ->
          Optional.of(
              "there is no model '%s'; create it with POST /api/v1/ml/models".formatted(model));
    };
  }

  /**
   * An impossible size is refused at once. While the cluster cannot be asked, the job is taken; it
   * fails with the same reason when the cluster answers again.
   */
  private Optional<Capacity> tooSmall(TrainingSpecification specification, Violations violations) {
    JobSpecification.Resources asked = specification.atOnce();
    try {
      Capacity capacity = cluster.capacity();
      Optional<String> reason = asked.tooLargeFor(capacity);
      if (reason.isPresent()) {
        violations.add(
            asked.gpusPerWorker() > 0 && capacity.gpus() == 0
                ? "resources.gpus_per_worker"
                : specification.tuning().isPresent()
                    ? "tuning.max_concurrent_trials"
                    : "resources.num_workers",
            reason.get());
        return Optional.of(capacity);
      }
    } catch (EngineFailure | ClusterNotSafe e) {
      log.warn("a job is taken without knowing the cluster's size: {}", e.toString());
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
}
