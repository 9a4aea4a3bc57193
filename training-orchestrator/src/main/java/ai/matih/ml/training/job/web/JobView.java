package ai.matih.ml.training.job.web;

import ai.matih.ml.training.job.EvaluationSpecification;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobCondition;
import ai.matih.ml.training.job.JobFailure;
import ai.matih.ml.training.job.JobMove;
import ai.matih.ml.training.job.JobProgress;
import ai.matih.ml.training.job.JobRequest;
import ai.matih.ml.training.job.JobResult;
import ai.matih.ml.training.job.JobSpecification;
import ai.matih.ml.training.job.JobStatus;
import ai.matih.ml.training.job.JobWarning;
import ai.matih.ml.training.job.LearnedColumn;
import ai.matih.ml.training.job.MeasuredVersion;
import ai.matih.ml.training.job.Original;
import ai.matih.ml.training.job.PreparationSpecification;
import ai.matih.ml.training.job.RunReference;
import ai.matih.ml.training.job.TestedVersion;
import ai.matih.ml.training.job.TestsSpecification;
import ai.matih.ml.training.job.TrainedModel;
import ai.matih.ml.training.job.TrainingSpecification;
import ai.matih.ml.training.job.VersionFiles;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A job as callers see it. */
record JobView(
    String jobId,
    String kind,
    String name,
    JobStatus status,
    int attempt,
    Optional<String> experimentId,
    Optional<String> runId,
    Optional<String> algorithm,
    Optional<String> task,
    Optional<String> source,
    String submittedBy,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt,
    boolean cancelRequested,
    ProgressView progress,
    Map<String, Double> metrics,
    Optional<List<JobWarning>> warnings,
    Optional<ModelView> model,
    Optional<String> dataDigest,
    Optional<Map<String, Object>> evaluation,
    Optional<Map<String, Object>> signature,
    Optional<List<LearnedColumn>> columns,
    Optional<JobVersionView> about,
    Optional<PreparedFromView> preparedFrom,
    Optional<MeasuredVersion> measured,
    Optional<TestedVersion> tested,
    Optional<JobFailure> failure,
    Optional<RegisteredView> registered,
    Optional<ReproductionView> reproduction,
    ResourcesUsed resourcesUsed,
    List<JobCondition> conditions,
    Optional<Detail> detail) {

  /**
   * How far it is.
   *
   * @param percent 0 to 100
   * @param etaSeconds when it ends at the present pace
   */
  record ProgressView(
      int percent,
      Optional<String> phase,
      Optional<Integer> iteration,
      Optional<Integer> total,
      Optional<Long> etaSeconds,
      Optional<Instant> at) {}

  /** Where the trained model lies. */
  record ModelView(String runId, String artifactPath, String digest, Map<String, String> files) {}

  /**
   * The version that a job is about.
   *
   * @param digest of its files
   * @param packageDigest the tests that are run, and
   * @param packageUploadedBy who wrote them
   */
  record JobVersionView(
      String modelId,
      int version,
      String digest,
      Optional<String> packageDigest,
      Optional<String> packageUploadedBy) {

    static Optional<JobVersionView> of(JobSpecification specification) {
      return switch (specification) {
        case JobSpecification.MakesModel _ -> Optional.empty();
        case EvaluationSpecification evaluation ->
            Optional.of(of(evaluation.version(), Optional.empty()));
        case TestsSpecification tests ->
            Optional.of(of(tests.version(), Optional.of(tests.tests())));
      };
    }

    private static JobVersionView of(
        VersionFiles version, Optional<TestsSpecification.Tests> tests) {
      return new JobVersionView(
          version.modelId(),
          version.number(),
          version.digest(),
          tests.map(TestsSpecification.Tests::digest),
          tests.map(TestsSpecification.Tests::uploadedBy));
    }
  }

  /**
   * The model that a preparation makes a version of.
   *
   * @param origin by MLflow's names
   * @param digest of the files that were logged
   */
  record PreparedFromView(String modelId, Map<String, String> origin, String digest) {

    static Optional<PreparedFromView> of(JobSpecification specification) {
      return specification instanceof PreparationSpecification preparation
          ? Optional.of(
              new PreparedFromView(
                  preparation.modelId(), preparation.origin(), preparation.files().digest()))
          : Optional.empty();
    }
  }

  /** The version that the job's model became. */
  record RegisteredView(String modelId, int version) {}

  /**
   * What came of training another job's model once more.
   *
   * @param of the job that was repeated
   * @param result {@code pending}, {@code equal} (each metric, from the same rows), {@code
   *     different}, or {@code failed} when it ended without a model
   * @param sameData whether it read the same rows; known when it has trained
   * @param metrics of both; empty until it has trained
   */
  record ReproductionView(
      String of, String result, Optional<Boolean> sameData, List<ReproducedMetricView> metrics) {

    static ReproductionView of(Original original, Job job) {
      return new ReproductionView(
          original.job().toString(),
          job.model()
              .map(again -> original.isReproducedBy(again) ? "equal" : "different")
              .orElse(job.status().isTerminal() ? "failed" : "pending"),
          job.model().map(original::hasDataOf),
          job.model().map(original::compare).orElse(List.of()).stream()
              .map(ReproducedMetricView::of)
              .toList());
    }
  }

  /**
   * One metric of both trainings.
   *
   * @param difference by how much the repetition is larger
   */
  record ReproducedMetricView(
      String name,
      boolean equal,
      Optional<Double> original,
      Optional<Double> reproduced,
      Optional<Double> difference) {

    static ReproducedMetricView of(Original.Metric metric) {
      return new ReproducedMetricView(
          metric.name(),
          metric.isEqual(),
          metric.original(),
          metric.reproduced(),
          metric.difference());
    }
  }

  /** What the workers held of the cluster, by the clock. */
  record ResourcesUsed(double cpuSeconds, double gpuSeconds) {}

  /** What a single job shows beyond a list. */
  record Detail(
      String targetColumn,
      Optional<List<String>> featureColumns,
      Optional<String> weightColumn,
      Map<String, String> encodings,
      Optional<TrainingSpecification.Join> features,
      TrainingSpecification.Split split,
      Map<String, Object> hyperparameters,
      Optional<JobRequest.Tuning> tuning,
      JobSpecification.Resources resources,
      TrainingSpecification.Checkpoints checkpoints,
      int maxFailures,
      Duration timeout,
      int priority,
      List<JobMove> moves) {}

  static JobView inList(Job job, Instant now) {
    return of(job, now, false, Optional.empty());
  }

  static JobView whole(Job job, Instant now) {
    return of(
        job,
        now,
        true,
        training(job)
            .map(
                spec ->
                    new Detail(
                        spec.targetColumn(),
                        spec.featureColumns(),
                        spec.weightColumn(),
                        spec.encodings(),
                        spec.join(),
                        spec.split(),
                        spec.hyperparameters(),
                        spec.tuning().map(TuningForm::of),
                        spec.resources(),
                        spec.checkpoints(),
                        spec.maxFailures(),
                        spec.timeout(),
                        spec.priority(),
                        job.moves())));
  }

  private static Optional<TrainingSpecification> training(Job job) {
    return job.specification() instanceof TrainingSpecification training
        ? Optional.of(training)
        : Optional.empty();
  }

  private static JobView of(Job job, Instant now, boolean whole, Optional<Detail> detail) {
    JobSpecification spec = job.specification();
    Optional<TrainingSpecification> training = training(job);
    Optional<JobSpecification.MakesModel> making =
        spec instanceof JobSpecification.MakesModel makes ? Optional.of(makes) : Optional.empty();
    Optional<TrainedModel> model = job.model();
    Optional<JobResult> result = job.result();
    return new JobView(
        job.id().toString(),
        spec.kind(),
        spec.name(),
        job.status(),
        job.attempt(),
        job.run()
            .map(RunReference::experimentId)
            .or(() -> making.flatMap(JobSpecification.MakesModel::experimentId)),
        job.run().map(RunReference::runId),
        training.map(t -> t.algorithm().value()),
        making.map(makes -> makes.task().wire()),
        source(spec).map(JobSpecification.Source::reference),
        job.submittedBy(),
        job.createdAt(),
        job.startedAt(),
        job.finishedAt(),
        job.isCancelRequested(),
        progress(job, now),
        model
            .map(TrainedModel::metrics)
            .or(() -> job.progress().map(JobProgress::metrics))
            .orElse(Map.of()),
        whole ? Optional.of(job.warnings()) : Optional.empty(),
        model.map(
            m ->
                new ModelView(
                    m.runId(), m.artifactPath(), m.digest(), whole ? m.files() : Map.of())),
        model.map(TrainedModel::dataDigest),
        whole ? model.map(TrainedModel::evaluation) : Optional.empty(),
        whole ? model.map(TrainedModel::signature) : Optional.empty(),
        whole ? model.map(TrainedModel::columns) : Optional.empty(),
        JobVersionView.of(spec),
        PreparedFromView.of(spec),
        result.flatMap(r -> r instanceof MeasuredVersion m ? Optional.of(m) : Optional.empty()),
        result.flatMap(r -> r instanceof TestedVersion t ? Optional.of(t) : Optional.empty()),
        job.failure(),
        job.registeredVersion()
            .flatMap(
                v ->
                    making
                        .flatMap(JobSpecification.MakesModel::registerModel)
                        .map(id -> new RegisteredView(id, v))),
        whole
            ? job.reproduces().map(original -> ReproductionView.of(original, job))
            : Optional.empty(),
        used(job, now),
        job.conditions(),
        detail);
  }

  private static Optional<JobSpecification.Source> source(JobSpecification specification) {
    return switch (specification) {
      case TrainingSpecification training -> Optional.of(training.source());
      case PreparationSpecification preparation -> preparation.examples();
      case EvaluationSpecification evaluation -> Optional.of(evaluation.data());
      case TestsSpecification _ -> Optional.empty();
    };
  }

  private static ProgressView progress(Job job, Instant now) {
    if (job.status() == JobStatus.SUCCEEDED) {
      return new ProgressView(
          100,
          Optional.of("done"),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          job.finishedAt());
    }
    Optional<JobProgress> seen = job.progress();
    int percent = seen.map(JobProgress::percent).orElse(0);
    Optional<Long> eta =
        job.status() == JobStatus.RUNNING && percent >= 10 && !isFirstTrial(seen)
            ? job.startedAt().map(start -> eta(job, Duration.between(start, now), percent))
            : Optional.empty();
    return new ProgressView(
        percent,
        seen.map(JobProgress::phase),
        seen.filter(p -> p.total() > 0).map(JobProgress::iteration),
        seen.filter(p -> p.total() > 0).map(JobProgress::total),
        eta,
        seen.map(JobProgress::at));
  }

  /** While no trial has ended, nothing tells how long one takes. */
  private static boolean isFirstTrial(Optional<JobProgress> seen) {
    return seen.filter(p -> p.phase().equals("tuning") && p.iteration() == 0).isPresent();
  }

  /** At the present pace; a search ends with its budget at the latest. */
  private static long eta(Job job, Duration elapsed, int percent) {
    long atThisPace = elapsed.toSeconds() * (100 - percent) / percent;
    return training(job)
        .flatMap(TrainingSpecification::tuning)
        .flatMap(tuning -> tuning.budget().wallTime())
        .map(budget -> Math.max(0, Math.min(atThisPace, budget.minus(elapsed).toSeconds())))
        .orElse(atThisPace);
  }

  private static ResourcesUsed used(Job job, Instant now) {
    double seconds =
        job.startedAt()
            .map(
                start ->
                    Duration.between(start, job.leftClusterAt().orElse(now)).toMillis() / 1000.0)
            .orElse(0.0);
    JobSpecification.Resources resources = job.specification().atOnce();
    return new ResourcesUsed(
        Math.round(seconds * resources.cpus()), Math.round(seconds * resources.gpus()));
  }
}
