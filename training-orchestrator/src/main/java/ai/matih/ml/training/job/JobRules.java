package ai.matih.ml.training.job;

import ai.matih.ml.bundle.ColumnName;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.algorithm.Algorithm;
import ai.matih.ml.training.algorithm.Algorithms;
import ai.matih.ml.training.algorithm.Task;
import ai.matih.ml.training.dataset.DatasetReference;
import ai.matih.ml.training.dataset.DatasetVersion;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
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
  private static final Pattern MODEL = Pattern.compile("[a-z0-9]+([-_.][a-z0-9]+)*");
  private static final Pattern FEATURE = Pattern.compile("[A-Za-z0-9_]{1,200}:[A-Za-z0-9_]{1,200}");
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9_-]{1,200}");
  private static final Set<String> FEATURE_TYPES = Set.of("long", "double", "string", "boolean");

  private final Tenant tenant;
  private final Algorithms algorithms;
  private final Set<String> buckets;
  private final Duration longestTimeout;
  private final Function<DatasetReference, Optional<DatasetVersion>> datasets;
  private final List<Violation> violations = new ArrayList<>();

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
    this.tenant = tenant;
    this.algorithms = algorithms;
    this.buckets = Set.copyOf(buckets);
    this.longestTimeout = longestTimeout;
    this.datasets = datasets;
  }

  List<Violation> violations() {
    return List.copyOf(violations);
  }

  /** The checked job; only of use when there are no violations. */
  Optional<TrainingSpecification> check(JobRequest request) {
    String name = name(request.name());
    request
        .experimentId()
        .filter(id -> !EXPERIMENT.matcher(id).matches())
        .ifPresent(_ -> refuse("experiment_id", "must be the id of an experiment"));
    Algorithm algorithm = algorithm(request.algorithm());
    Task task = task(request.task());
    Found found = source(request);
    String target = column("target_column", request.targetColumn(), found);
    Optional<List<String>> columns = featureColumns(request, target, found);
    TrainingSpecification.Split split = split(request, task, found);
    Map<String, Object> hyperparameters = request.hyperparameters().orElse(Map.of());
    if (algorithm != null && task != null) {
      checkTask(algorithm, task);
      violations.addAll(algorithm.check(task, hyperparameters));
    }
    if (request.tuning().isPresent()) {
      refuse("tuning", "is not offered yet; give fixed hyperparameters");
    }
    JobSpecification.Resources resources = resources(request);
    TrainingSpecification.Checkpoints checkpoints =
        new TrainingSpecification.Checkpoints(
            between(
                "checkpoints.frequency",
                request.checkpoints().flatMap(JobRequest.Checkpoints::frequency),
                5,
                1,
                10_000),
            between(
                "checkpoints.keep",
                request.checkpoints().flatMap(JobRequest.Checkpoints::keep),
                2,
                1,
                20));
    int maxFailures = between("max_failures", request.maxFailures(), 2, 0, 10);
    int priority = between("priority", request.priority(), 0, -100, 100);
    Duration timeout = timeout(request.timeout());
    Optional<String> model = model(request);
    if (!violations.isEmpty() || algorithm == null || task == null || found == null) {
      return Optional.empty();
    }
    return Optional.of(
        new TrainingSpecification(
            name,
            request.experimentId(),
            algorithm.name(),
            task,
            found.source(),
            found.join(),
            target,
            columns,
            split,
            hyperparameters,
            resources,
            checkpoints,
            maxFailures,
            timeout,
            priority,
            model));
  }

  private void refuse(String field, String message) {
    violations.add(new Violation(field, message));
  }

  private String text(String field, Optional<String> value, int min, int max) {
    String text = value.map(String::strip).orElse("");
    if (text.isEmpty()) {
      refuse(field, "is required");
    } else if (text.length() < min || text.length() > max || CONTROL.matcher(text).find()) {
      refuse(field, "must be %d to %d characters without control characters".formatted(min, max));
    }
    return text;
  }

  /** Also the name of an experiment and of a run, and searched for by it. */
  private String name(Optional<String> value) {
    String name = text("name", value, 1, 100);
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      refuse("name", "may not have quotes, %, slashes and back-slashes");
    }
    return name;
  }

  private @Nullable Algorithm algorithm(Optional<String> value) {
    if (value.isEmpty()) {
      refuse("algorithm", "is required; one of " + algorithms.names());
      return null;
    }
    Optional<Algorithm> found = algorithms.find(value.get());
    if (found.isEmpty()) {
      refuse(
          "algorithm",
          algorithms.isPlanned(value.get())
              ? value.get() + " is not offered yet; offered are " + algorithms.names()
              : "must be one of " + algorithms.names());
    }
    return found.orElse(null);
  }

  private void checkTask(Algorithm algorithm, Task task) {
    if (!algorithm.tasks().contains(task)) {
      refuse("task", "%s is not for %s".formatted(algorithm.name(), task.wire()));
    }
  }

  private @Nullable Task task(Optional<String> value) {
    for (Task task : Task.values()) {
      if (value.isPresent() && task.wire().equals(value.get())) {
        return task;
      }
    }
    refuse(
        "task",
        (value.isEmpty() ? "is required; " : "must be ") + "one of classification, regression");
    return null;
  }

  /** The table with the target, and its columns where they are known. */
  private record Found(
      JobSpecification.Source source,
      Optional<DatasetVersion> version,
      Optional<TrainingSpecification.Join> join) {}

  private @Nullable Found source(JobRequest request) {
    if (request.dataset().isPresent() == request.features().isPresent()) {
      refuse(
          request.dataset().isPresent() ? "features" : "dataset",
          "exactly one of dataset and features is needed");
      return null;
    }
    if (request.dataset().isPresent()) {
      return table("dataset.source", request.dataset().get().source(), Optional.empty());
    }
    JobRequest.Features asked = request.features().orElseThrow();
    Optional<TrainingSpecification.Join> join = join(asked);
    Found found = table("features.entity_source", asked.entitySource(), join);
    if (found != null && join.isPresent()) {
      requireColumn("features.timestamp_column", join.get().timestampColumn(), found);
    }
    return found;
  }

  private Optional<TrainingSpecification.Join> join(JobRequest.Features asked) {
    String timestamp = columnName("features.timestamp_column", asked.timestampColumn());
    if (asked.features().isPresent() == asked.featureService().isPresent()) {
      refuse(
          "features.features",
          "exactly one of features.features and features.feature_service is needed");
    }
    asked
        .featureService()
        .filter(service -> !SERVICE.matcher(service).matches())
        .ifPresent(
            _ -> refuse("features.feature_service", "must be the name of a feature service"));
    List<String> references = asked.features().orElse(List.of());
    if (asked.features().isPresent() && (references.isEmpty() || references.size() > 500)) {
      refuse("features.features", "must name 1 to 500 features");
    }
    for (int i = 0; i < references.size(); i++) {
      if (!FEATURE.matcher(String.valueOf(references.get(i))).matches()) {
        refuse("features.features[" + i + "]", "must look like view:feature");
      }
    }
    if (new HashSet<>(references).size() < references.size()) {
      refuse("features.features", "names a feature twice");
    }
    return Optional.of(
        new TrainingSpecification.Join(timestamp, asked.features(), asked.featureService()));
  }

  private @Nullable Found table(
      String field, Optional<String> source, Optional<TrainingSpecification.Join> join) {
    if (source.isEmpty() || source.get().isBlank()) {
      refuse(field, "is required");
      return null;
    }
    String text = source.get();
    if (text.startsWith(DatasetReference.PREFIX)) {
      Optional<DatasetReference> reference = DatasetReference.parse(text);
      if (reference.isEmpty()) {
        refuse(field, "must look like dataset:name or dataset:name@sha256:digest");
        return null;
      }
      Optional<DatasetVersion> version = datasets.apply(reference.get());
      if (version.isEmpty()) {
        refuse(
            field, "there is no such data set; upload it to /api/v1/ml/training/datasets/{name}");
        return null;
      }
      return new Found(
          new JobSpecification.Source(
              version.get().reference().toString(),
              version.get().uri(),
              Optional.of(version.get().digest())),
          version,
          join);
    }
    return stored(field, text, join);
  }

  private @Nullable Found stored(
      String field, String text, Optional<TrainingSpecification.Join> join) {
    String own =
        "must be dataset:name or s3://%s/%s/…".formatted(buckets.iterator().next(), tenant);
    try {
      S3Uri uri = S3Uri.of(text);
      if (!buckets.contains(uri.bucket()) || !uri.belongsTo(tenant) || uri.key().endsWith("/")) {
        refuse(field, own);
        return null;
      }
      return new Found(
          new JobSpecification.Source(uri.toString(), uri, Optional.empty()),
          Optional.empty(),
          join);
    } catch (IllegalArgumentException _) {
      refuse(field, own);
      return null;
    }
  }

  private String column(String field, Optional<String> value, @Nullable Found found) {
    String name = columnName(field, value);
    if (found != null && !name.isEmpty()) {
      requireColumn(field, name, found);
    }
    return name;
  }

  private String columnName(String field, Optional<String> value) {
    String name = value.orElse("");
    if (name.isBlank()) {
      refuse(field, "is required");
    } else if (!ColumnName.isValid(name)) {
      refuse(field, ColumnName.RULE);
    }
    return name;
  }

  private void requireColumn(String field, String name, Found found) {
    if (found.version().isPresent() && found.version().get().column(name).isEmpty()) {
      refuse(field, "'%s' is not a column of %s".formatted(name, found.source().reference()));
    }
  }

  private Optional<List<String>> featureColumns(
      JobRequest request, String target, @Nullable Found found) {
    if (request.featureColumns().isEmpty()) {
      return Optional.empty();
    }
    List<String> columns = request.featureColumns().get();
    if (columns.isEmpty() || columns.size() > 5_000) {
      refuse("feature_columns", "must name 1 to 5000 columns");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < columns.size(); i++) {
      String field = "feature_columns[" + i + "]";
      String column = columns.get(i);
      if (column == null || column.isBlank()) {
        refuse(field, "must be the name of a column");
      } else if (!seen.add(column)) {
        refuse(field, "names '" + column + "' twice");
      } else if (column.equals(target)) {
        refuse(field, "is the target");
      } else if (found != null && found.join().isEmpty() && found.version().isPresent()) {
        checkFeatureColumn(field, column, found.version().get());
      }
    }
    return Optional.of(columns);
  }

  private void checkFeatureColumn(String field, String name, DatasetVersion version) {
    version
        .column(name)
        .ifPresentOrElse(
            column -> {
              if (!FEATURE_TYPES.contains(column.type())) {
                refuse(
                    field,
                    "'%s' is a %s, which cannot be a feature".formatted(name, column.type()));
              }
            },
            () -> refuse(field, "'%s' is not a column of %s".formatted(name, version.reference())));
  }

  private TrainingSpecification.Split split(
      JobRequest request, @Nullable Task task, @Nullable Found found) {
    Optional<JobRequest.Split> asked = request.split();
    String strategy =
        asked
            .flatMap(JobRequest.Split::strategy)
            .orElse(task == Task.CLASSIFICATION ? "stratified" : "random");
    Optional<String> timeColumn = asked.flatMap(JobRequest.Split::timeColumn);
    if (!Set.of("random", "stratified", "time").contains(strategy)) {
      refuse("split.strategy", "must be one of random, stratified, time");
    } else if (strategy.equals("stratified") && task == Task.REGRESSION) {
      refuse("split.strategy", "cannot be stratified for regression");
    } else if (timeColumn.isPresent() && !strategy.equals("time")) {
      refuse("split.time_column", "belongs to the strategy time");
    } else if (strategy.equals("time") && timeColumn.isEmpty() && request.dataset().isPresent()) {
      refuse("split.time_column", "is required for a split of a data set by time");
    }
    if (timeColumn.isPresent() && found != null) {
      requireColumn("split.time_column", timeColumn.get(), found);
    }
    double testSize = asked.flatMap(JobRequest.Split::testSize).orElse(0.2);
    if (!(testSize > 0 && testSize < 1)) {
      refuse("split.test_size", "must be a fraction above 0 and below 1");
    }
    long seed = asked.flatMap(JobRequest.Split::seed).orElse(42L);
    if (seed < 0 || seed > Integer.MAX_VALUE) {
      refuse("split.seed", "must be an integer from 0 to 2147483647");
    }
    return new TrainingSpecification.Split(strategy, testSize, seed, timeColumn);
  }

  private JobSpecification.Resources resources(JobRequest request) {
    Optional<JobRequest.Resources> asked = request.resources();
    double cpus = asked.flatMap(JobRequest.Resources::cpusPerWorker).orElse(1.0);
    if (!(cpus > 0 && cpus <= 1024)) {
      refuse("resources.cpus_per_worker", "must be a number above 0 up to 1024");
    }
    double gpus = asked.flatMap(JobRequest.Resources::gpusPerWorker).orElse(0.0);
    if (!(gpus >= 0 && gpus <= 64) || (gpus > 1 && gpus != Math.rint(gpus))) {
      refuse("resources.gpus_per_worker", "must be a fraction up to 1 or an integer up to 64");
    }
    Optional<Long> memory = asked.flatMap(JobRequest.Resources::memoryBytesPerWorker);
    if (memory.isPresent() && (memory.get() < 1 || memory.get() > 1L << 44)) {
      refuse("resources.memory_bytes_per_worker", "must be 1 to 17592186044416");
    }
    return new JobSpecification.Resources(
        between(
            "resources.num_workers", asked.flatMap(JobRequest.Resources::numWorkers), 2, 1, 256),
        cpus,
        gpus,
        memory);
  }

  private int between(String field, Optional<Integer> value, int otherwise, int low, int high) {
    int number = value.orElse(otherwise);
    if (number < low || number > high) {
      refuse(field, "must be an integer from %d to %d".formatted(low, high));
    }
    return number;
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
    refuse("timeout", "must be an ISO-8601 duration from PT1M to " + longestTimeout);
    return JobRequest.DEFAULT_TIMEOUT;
  }

  private Optional<String> model(JobRequest request) {
    if (request.register().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> model = request.register().get().modelId();
    if (model.isEmpty() || model.get().length() > 100 || !MODEL.matcher(model.get()).matches()) {
      refuse("register.model_id", "must be the id of a model");
    }
    return model;
  }
}
