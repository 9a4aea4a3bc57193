package ai.matih.ml.training.job;

import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.algorithm.Algorithm;
import ai.matih.ml.training.algorithm.Algorithms;
import ai.matih.ml.training.algorithm.Task;
import ai.matih.ml.training.dataset.DatasetReference;
import ai.matih.ml.training.dataset.DatasetVersion;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Everything that a request for a training job must fulfil; each fault names its field. */
final class JobRules {

  private static final Pattern NAME = Pattern.compile("[^/'\"%\\\\`]+");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final Pattern EXPERIMENT = Pattern.compile("[0-9]{1,20}");
  private static final Pattern MODEL = Pattern.compile("[a-z0-9]+([-_.][a-z0-9]+)*+");

  private final Algorithms algorithms;
  private final Duration longestTimeout;
  private final Violations violations = new Violations();
  private final SourceRules sources;

  /**
   * @param buckets in which the tenant's own prefix may be read
   * @param datasets finds uploaded tables of the tenant
   */
  JobRules(
      Tenant tenant,
      Algorithms algorithms,
      Set<String> buckets,
      Duration longestTimeout,
      Function<DatasetReference, Optional<DatasetVersion>> datasets) {
    this.algorithms = algorithms;
    this.longestTimeout = longestTimeout;
    this.sources = new SourceRules(tenant, buckets, datasets, violations);
  }

  List<Violation> violations() {
    return violations.list();
  }

  /** The checked job; only of use when there are no violations. */
  Optional<TrainingSpecification> check(JobRequest request) {
    String name = name(request.name());
    request
        .experimentId()
        .filter(id -> !EXPERIMENT.matcher(id).matches())
        .ifPresent(_ -> violations.add("experiment_id", "must be the id of an experiment"));
    Algorithm algorithm = algorithm(request.algorithm());
    Task task = task(request.task());
    SourceTable table = sources.check(request);
    ColumnRules columns = new ColumnRules(table, violations);
    request
        .features()
        .ifPresent(join -> columns.time("features.timestamp_column", join.timestampColumn()));
    String target = columns.target(request.targetColumn(), task);
    Optional<List<String>> featureColumns = columns.features(request, target);
    Optional<String> weightColumn = columns.weight(request, target);
    Map<String, String> encodings = columns.encodings(request, featureColumns, algorithm);
    TrainingSpecification.Split split = split(request, task, columns);
    Map<String, Object> hyperparameters = request.hyperparameters().orElse(Map.of());
    if (algorithm != null && task != null) {
      checkTask(algorithm, task);
      violations.addAll(algorithm.check(task, hyperparameters));
    }
    JobSpecification.Resources resources = resources(request);
    if (algorithm != null && !algorithm.distributed() && resources.numWorkers() > 1) {
      violations.add(
          "resources.num_workers",
          "must be 1: %s learns in one process; give it more cpus_per_worker"
              .formatted(algorithm.name()));
    }
    TrainingSpecification.Checkpoints checkpoints =
        new TrainingSpecification.Checkpoints(
            violations.between(
                "checkpoints.frequency",
                request.checkpoints().flatMap(JobRequest.Checkpoints::frequency),
                5,
                1,
                10_000),
            violations.between(
                "checkpoints.keep",
                request.checkpoints().flatMap(JobRequest.Checkpoints::keep),
                2,
                1,
                20));
    int maxFailures = violations.between("max_failures", request.maxFailures(), 2, 0, 10);
    int priority = violations.between("priority", request.priority(), 0, -100, 100);
    Duration timeout = timeout(request.timeout());
    Optional<String> model = model(request);
    Optional<Tuning> tuning =
        request
            .tuning()
            .flatMap(
                asked ->
                    new TuningRules(
                            new TuningRules.Around(
                                algorithm,
                                task,
                                hyperparameters.keySet(),
                                split,
                                resources,
                                timeout),
                            violations)
                        .check(asked));
    if (!violations.isEmpty() || algorithm == null || task == null || table == null) {
      return Optional.empty();
    }
    return Optional.of(
        new TrainingSpecification(
            name,
            request.experimentId(),
            algorithm.name(),
            task,
            table.source(),
            table.join(),
            target,
            featureColumns,
            weightColumn,
            encodings,
            split,
            hyperparameters,
            tuning,
            resources,
            checkpoints,
            maxFailures,
            timeout,
            priority,
            model));
  }

  private String text(String field, Optional<String> value, int min, int max) {
    String text = value.map(String::strip).orElse("");
    if (text.isEmpty()) {
      violations.add(field, "is required");
    } else if (text.length() < min || text.length() > max || CONTROL.matcher(text).find()) {
      violations.add(
          field, "must be %d to %d characters without control characters".formatted(min, max));
    }
    return text;
  }

  /** Also the name of an experiment and of a run, and searched for by it. */
  private String name(Optional<String> value) {
    String name = text("name", value, 1, 100);
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      violations.add("name", "may not have quotes, %, slashes and back-slashes");
    }
    return name;
  }

  private @Nullable Algorithm algorithm(Optional<String> value) {
    if (value.isEmpty()) {
      violations.add("algorithm", "is required; one of " + algorithms.names());
      return null;
    }
    Optional<Algorithm> found = algorithms.find(value.get());
    if (found.isEmpty()) {
      violations.add(
          "algorithm",
          algorithms.isPlanned(value.get())
              ? value.get() + " is not offered yet; offered are " + algorithms.names()
              : "must be one of " + algorithms.names());
    }
    return found.orElse(null);
  }

  private void checkTask(Algorithm algorithm, Task task) {
    if (!algorithm.tasks().contains(task)) {
      violations.add("task", "%s is not for %s".formatted(algorithm.name(), task.wire()));
    }
  }

  private @Nullable Task task(Optional<String> value) {
    for (Task task : Task.values()) {
      if (value.isPresent() && task.wire().equals(value.get())) {
        return task;
      }
    }
    violations.add(
        "task",
        (value.isEmpty() ? "is required; " : "must be ") + "one of classification, regression");
    return null;
  }

  private TrainingSpecification.Split split(
      JobRequest request, @Nullable Task task, ColumnRules columns) {
    Optional<JobRequest.Split> asked = request.split();
    String strategy =
        asked
            .flatMap(JobRequest.Split::strategy)
            .orElse(task == Task.CLASSIFICATION ? "stratified" : "random");
    Optional<String> timeColumn = asked.flatMap(JobRequest.Split::timeColumn);
    if (!Set.of("random", "stratified", "time").contains(strategy)) {
      violations.add("split.strategy", "must be one of random, stratified, time");
    } else if (strategy.equals("stratified") && task == Task.REGRESSION) {
      violations.add("split.strategy", "cannot be stratified for regression");
    } else if (timeColumn.isPresent() && !strategy.equals("time")) {
      violations.add("split.time_column", "belongs to the strategy time");
    } else if (strategy.equals("time") && timeColumn.isEmpty() && request.dataset().isPresent()) {
      violations.add("split.time_column", "is required for a split of a data set by time");
    }
    if (timeColumn.isPresent()) {
      columns.time("split.time_column", timeColumn);
    }
    double testSize = asked.flatMap(JobRequest.Split::testSize).orElse(0.2);
    if (!(testSize > 0 && testSize < 1)) {
      violations.add("split.test_size", "must be a fraction above 0 and below 1");
    }
    long seed = asked.flatMap(JobRequest.Split::seed).orElse(42L);
    if (seed < 0 || seed > Integer.MAX_VALUE) {
      violations.add("split.seed", "must be an integer from 0 to 2147483647");
    }
    return new TrainingSpecification.Split(strategy, testSize, seed, timeColumn);
  }

  private JobSpecification.Resources resources(JobRequest request) {
    Optional<JobRequest.Resources> asked = request.resources();
    double cpus = asked.flatMap(JobRequest.Resources::cpusPerWorker).orElse(1.0);
    if (!(cpus > 0 && cpus <= 1024)) {
      violations.add("resources.cpus_per_worker", "must be a number above 0 up to 1024");
    }
    double gpus = asked.flatMap(JobRequest.Resources::gpusPerWorker).orElse(0.0);
    if (!(gpus >= 0 && gpus <= 64) || (gpus > 1 && gpus != Math.rint(gpus))) {
      violations.add(
          "resources.gpus_per_worker", "must be a fraction up to 1 or an integer up to 64");
    }
    Optional<Long> memory = asked.flatMap(JobRequest.Resources::memoryBytesPerWorker);
    if (memory.isPresent() && (memory.get() < 1 || memory.get() > 1L << 44)) {
      violations.add("resources.memory_bytes_per_worker", "must be 1 to 17592186044416");
    }
    return new JobSpecification.Resources(
        violations.between(
            "resources.num_workers", asked.flatMap(JobRequest.Resources::numWorkers), 1, 1, 256),
        cpus,
        gpus,
        memory);
  }

  private Duration timeout(Optional<String> value) {
    if (value.isEmpty()) {
      return JobRequest.DEFAULT_TIMEOUT.compareTo(longestTimeout) < 0
          ? JobRequest.DEFAULT_TIMEOUT
          : longestTimeout;
    }
    try {
      Duration timeout = Duration.parse(value.get());
      if (timeout.compareTo(Duration.ofMinutes(1)) >= 0 && timeout.compareTo(longestTimeout) <= 0) {
        return timeout;
      }
    } catch (DateTimeParseException | ArithmeticException _) {
      // As wrong as a duration out of range.
    }
    violations.add("timeout", "must be an ISO-8601 duration from PT1M to " + longestTimeout);
    return JobRequest.DEFAULT_TIMEOUT;
  }

  private Optional<String> model(JobRequest request) {
    if (request.register().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> model = request.register().get().modelId();
    if (model.isEmpty() || model.get().length() > 100 || !MODEL.matcher(model.get()).matches()) {
      violations.add("register.model_id", "must be the id of a model");
    }
    return model;
  }
}
