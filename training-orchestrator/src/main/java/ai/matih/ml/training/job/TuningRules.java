package ai.matih.ml.training.job;

import ai.matih.ml.training.algorithm.Algorithm;
import ai.matih.ml.training.algorithm.Task;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a search for hyperparameters must fulfil; each fault names its field. */
final class TuningRules {

  private static final int MOST_TRIALS = 1_000;
  private static final int MOST_AT_ONCE = 64;
  private static final int MOST_FOLDS = 20;
  private static final double MOST_SECONDS = 1e9;
  private static final Set<String> SCHEDULERS = Set.of("asha", "median");

  /** What the rest of the request says, as far as it was understood. */
  record Around(
      @Nullable Algorithm algorithm,
      @Nullable Task task,
      Set<String> fixed,
      TrainingSpecification.Split split,
      JobSpecification.Resources resources,
      Duration timeout) {}

  private final Around around;
  private final Violations violations;

  TuningRules(Around around, Violations violations) {
    this.around = around;
    this.violations = violations;
  }

  /** The checked search; only of use when there are no violations. */
  Optional<Tuning> check(JobRequest.Tuning asked) {
    Optional<Tuning.Search> search = search(asked.search());
    Optional<SearchMetric> metric = metric(asked);
    Map<String, Tuning.Distribution> space =
        new SpaceRules(
                around.algorithm(),
                around.task(),
                around.fixed(),
                search.filter(Tuning.Search.GRID::equals).isPresent(),
                violations)
            .check("tuning.parameter_space", asked.parameterSpace().orElse(Map.of()));
    int maxTrials = maxTrials(asked, search, space);
    int atOnce = atOnce(asked, maxTrials);
    long seed = asked.seed().orElse(around.split().seed());
    if (seed < 0 || seed > Integer.MAX_VALUE) {
      violations.add("tuning.seed", "must be an integer from 0 to 2147483647");
    }
    if (around.resources().numWorkers() != 1) {
      violations.add(
          "resources.num_workers",
          "must be 1 with tuning: a trial has one worker; give it more cpus_per_worker, or run more trials at once");
    }
    Optional<Tuning.Scheduler> scheduler = asked.scheduler().flatMap(this::scheduler);
    Tuning.Budget budget = asked.budget().map(this::budget).orElseGet(TuningRules::unlimited);
    Optional<Integer> folds = asked.validation().map(this::folds);
    if (search.isEmpty() || metric.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Tuning(
            search.get(), metric.get(), maxTrials, atOnce, seed, scheduler, budget, folds, space));
  }

  private Optional<Tuning.Search> search(Optional<String> asked) {
    Optional<Tuning.Search> search = asked.flatMap(Tuning.Search::ofWire);
    if (search.isEmpty()) {
      violations.add(
          "tuning.search",
          (asked.isEmpty() ? "is required; one of " : "must be one of ")
              + Stream.of(Tuning.Search.values())
                  .map(Tuning.Search::wire)
                  .collect(Collectors.joining(", ")));
    }
    return search;
  }

  private Optional<SearchMetric> metric(JobRequest.Tuning asked) {
    Optional<SearchMetric> metric = asked.metric().flatMap(SearchMetric::ofWire);
    Task task = around.task();
    if (task == null) {
      return metric;
    }
    if (metric.isEmpty() || !metric.get().isFor(task)) {
      violations.add(
          "tuning.metric",
          "%s for %s one of %s"
              .formatted(
                  asked.metric().isEmpty() ? "is required;" : "must be",
                  task.wire(),
                  SearchMetric.namesFor(task)));
      return Optional.empty();
    }
    if (asked.mode().filter(mode -> !mode.equals(metric.get().mode())).isPresent()) {
      violations.add(
          "tuning.mode",
          "must be %s for %s; it may be left out"
              .formatted(metric.get().mode(), metric.get().wire()));
    }
    return metric;
  }

  private int maxTrials(
      JobRequest.Tuning asked,
      Optional<Tuning.Search> search,
      Map<String, Tuning.Distribution> space) {
    Optional<Integer> most = asked.maxTrials();
    if (most.isPresent() && (most.get() < 1 || most.get() > MOST_TRIALS)) {
      violations.add("tuning.max_trials", "must be an integer from 1 to " + MOST_TRIALS);
      return 1;
    }
    if (search.isPresent() && search.get() == Tuning.Search.GRID) {
      return points(space, most);
    }
    if (most.isEmpty()) {
      violations.add("tuning.max_trials", "is required; an integer from 1 to " + MOST_TRIALS);
    }
    return most.orElse(1);
  }

  /** All points of a grid are tried, or none. */
  private int points(Map<String, Tuning.Distribution> space, Optional<Integer> most) {
    double points = 1;
    for (Tuning.Distribution distribution : space.values()) {
      OptionalLong own = distribution.points();
      points *= own.isPresent() ? own.getAsLong() : 1;
    }
    int limit = most.orElse(MOST_TRIALS);
    if (points > limit) {
      violations.add(
          "tuning.max_trials",
          "the grid has %.0f points, more than %d; list fewer values, or search by random or bayesian"
              .formatted(points, limit));
      return 1;
    }
    return (int) points;
  }

  private int atOnce(JobRequest.Tuning asked, int maxTrials) {
    int atOnce =
        violations.between(
            "tuning.max_concurrent_trials", asked.maxConcurrentTrials(), 1, 1, MOST_AT_ONCE);
    // More than there are would keep a share of the cluster for nothing.
    return Math.min(atOnce, maxTrials);
  }

  private Optional<Tuning.Scheduler> scheduler(JobRequest.Scheduler asked) {
    String type = asked.type().orElse("");
    if (!SCHEDULERS.contains(type)) {
      violations.add(
          "tuning.scheduler.type",
          (type.isEmpty() ? "is required; one of" : "must be one of")
              + " asha, median; without a scheduler every trial goes to its end");
      return Optional.empty();
    }
    boolean asha = type.equals("asha");
    belongs("reduction_factor", asked.reductionFactor(), asha, "asha");
    belongs("min_samples", asked.minSamples(), !asha, "median");
    int grace =
        violations.between("tuning.scheduler.grace_period", asked.gracePeriod(), 1, 1, 10_000);
    int factor =
        violations.between("tuning.scheduler.reduction_factor", asked.reductionFactor(), 3, 2, 100);
    int samples =
        violations.between("tuning.scheduler.min_samples", asked.minSamples(), 3, 1, MOST_TRIALS);
    return Optional.of(
        new Tuning.Scheduler(
            type,
            grace,
            asha ? Optional.of(factor) : Optional.empty(),
            asha ? Optional.empty() : Optional.of(samples)));
  }

  private void belongs(String name, Optional<Integer> value, boolean fits, String type) {
    if (value.isPresent() && !fits) {
      violations.add("tuning.scheduler." + name, "belongs to " + type);
    }
  }

  private static Tuning.Budget unlimited() {
    return new Tuning.Budget(Optional.empty(), Optional.empty(), Optional.empty());
  }

  private Tuning.Budget budget(JobRequest.Budget asked) {
    seconds("cpu_seconds", asked.cpuSeconds());
    seconds("gpu_seconds", asked.gpuSeconds());
    if (asked.gpuSeconds().isPresent() && around.resources().gpusPerWorker() == 0) {
      violations.add("tuning.budget.gpu_seconds", "limits nothing: resources.gpus_per_worker is 0");
    }
    return new Tuning.Budget(
        asked.wallTime().flatMap(this::wallTime), asked.cpuSeconds(), asked.gpuSeconds());
  }

  private void seconds(String name, Optional<Double> value) {
    if (value.isPresent() && !(value.get() > 0 && value.get() <= MOST_SECONDS)) {
      violations.add("tuning.budget." + name, "must be a number above 0 up to 1000000000");
    }
  }

  private Optional<Duration> wallTime(String text) {
    try {
      Duration time = Duration.parse(text);
      if (time.compareTo(Duration.ofSeconds(1)) >= 0 && time.compareTo(around.timeout()) <= 0) {
        return Optional.of(time);
      }
    } catch (DateTimeParseException | ArithmeticException _) {
      // As wrong as a duration out of range.
    }
    violations.add(
        "tuning.budget.wall_time",
        "must be an ISO-8601 duration from PT1S to the job's timeout of " + around.timeout());
    return Optional.empty();
  }

  private int folds(JobRequest.Validation asked) {
    if (asked.folds().isEmpty()) {
      violations.add("tuning.validation.folds", "is required; an integer from 2 to " + MOST_FOLDS);
      return 2;
    }
    if (around.split().strategy().equals("time")) {
      violations.add(
          "tuning.validation.folds",
          "cannot be had with a split by time: a fold would be judged by a model that has seen what came later");
    }
    return violations.between("tuning.validation.folds", asked.folds(), 2, 2, MOST_FOLDS);
  }
}
