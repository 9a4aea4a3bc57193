package ai.matih.ml.training.job;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.training.algorithm.Task;
import ai.matih.ml.training.dataset.DatasetReference;
import ai.matih.ml.training.dataset.DatasetVersion;
import ai.matih.ml.training.dataset.Datasets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Takes a model that somebody logged with MLflow from the registry, to make a version's bundle of
 * it.
 *
 * <p>What is asked for names the job: the same files with the same examples for the same model are
 * one job, however often they come. One that failed or was cancelled is tried again.
 */
public final class AcceptPreparation {

  /** Each file has a signed address in the job's environment, which has an end. */
  private static final int MOST_FILES = 100;

  private static final int MOST_METRICS = 500;
  private static final Pattern EXPERIMENT = Pattern.compile("[0-9]{1,19}");

  /**
   * A model to prepare.
   *
   * @param source its files, as the registry has stored them
   * @param examples {@code dataset:name@sha256:…}
   * @param again number of versions that were made of this and are gone
   * @param requestedBy who asked the registry
   */
  public record Request(
      Optional<String> modelId,
      Optional<String> task,
      Optional<Files> source,
      Optional<String> experimentId,
      Optional<Map<String, String>> origin,
      Optional<String> examples,
      Optional<Map<String, Double>> metrics,
      Optional<Integer> again,
      Optional<String> requestedBy) {}

  /** Files by their path, with the digest of each and of all. */
  public record Files(Optional<String> digest, Optional<Map<String, String>> files) {}

  private final Jobs jobs;
  private final Datasets datasets;
  private final JobSettings settings;
  private final Clock clock;

  AcceptPreparation(Jobs jobs, Datasets datasets, JobSettings settings, Clock clock) {
    this.jobs = jobs;
    this.datasets = datasets;
    this.settings = settings;
    this.clock = clock;
  }

  /** Repeatable: the same request is the same job. */
  public Job accept(Caller caller, Request request) {
    PreparationSpecification specification = specification(request);
    JobId id = JobId.ofRequest(caller.tenant().slug(), "preparation", nameOf(specification));
    Job job =
        jobs.add(
            Job.submitted(
                caller.tenant(),
                id,
                request.requestedBy().orElseGet(caller::actor),
                specification,
                clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    boolean ended = job.status() == JobStatus.FAILED || job.status() == JobStatus.CANCELLED;
    return ended
        ? jobs.change(id, "job.retried", again -> again.retriedByHand(clock.instant()))
            .orElseThrow()
        : job;
  }

  private PreparationSpecification specification(Request request) {
    List<Violation> violations = new ArrayList<>();
    String model = request.modelId().orElse("");
    if (!ExamineVersion.MODEL.matcher(model).matches() || model.length() > 64) {
      violations.add(new Violation("model_id", "must be the id of a model"));
    }
    Optional<Task> task =
        Arrays.stream(Task.values())
            .filter(known -> known.wire().equals(request.task().orElse("")))
            .findFirst();
    if (task.isEmpty()) {
      violations.add(new Violation("task", "must be classification or regression"));
    }
    Map<String, String> files = request.source().flatMap(Files::files).orElse(Map.of());
    String digest = request.source().flatMap(Files::digest).orElse("");
    if (files.isEmpty() || files.size() > MOST_FILES) {
      violations.add(new Violation("source.files", "must be 1 to " + MOST_FILES + " files"));
    } else {
      ExamineVersion.checkFiles(files, digest, "source", violations);
    }
    String experiment = request.experimentId().orElse("");
    if (!EXPERIMENT.matcher(experiment).matches()) {
      violations.add(new Violation("experiment_id", "must be the number of an experiment"));
    }
    Map<String, Double> metrics = request.metrics().orElse(Map.of());
    if (metrics.size() > MOST_METRICS || !metrics.values().stream().allMatch(Double::isFinite)) {
      violations.add(
          new Violation("metrics", "must be up to %d finite numbers".formatted(MOST_METRICS)));
    }
    Optional<JobSpecification.Source> examples =
        request.examples().flatMap(reference -> examples(reference, violations));
    if (!violations.isEmpty()) {
      throw Problem.invalid(violations);
    }
    return new PreparationSpecification(
        model,
        task.orElseThrow(),
        new PreparationSpecification.SourceFiles(digest, files),
        experiment,
        request.origin().orElse(Map.of()),
        examples,
        metrics,
        request.again().orElse(0),
        settings.aboutVersionTimeout());
  }

  private Optional<JobSpecification.Source> examples(String reference, List<Violation> violations) {
    Optional<DatasetVersion> found =
        DatasetReference.parse(reference)
            .filter(parsed -> parsed.digest().isPresent())
            .flatMap(datasets::find);
    if (found.isEmpty()) {
      violations.add(new Violation("examples", "there is no such data set"));
    }
    return found.map(
        data ->
            new JobSpecification.Source(
                data.reference().toString(), data.uri(), Optional.of(data.digest())));
  }

  private static String nameOf(PreparationSpecification specification) {
    return String.join(
        "\n",
        specification.modelId(),
        specification.task().wire(),
        specification.files().digest(),
        specification.experiment(),
        new TreeMap<>(specification.origin()).toString(),
        specification.examples().map(JobSpecification.Source::reference).orElse(""),
        new TreeMap<>(specification.metrics()).toString(),
        Integer.toString(specification.again()));
  }
}
