package ai.matih.ml.training.job;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.algorithm.AlgorithmName;
import ai.matih.ml.training.algorithm.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Jobs with good defaults. */
public final class SomeJob {

  private Tenant tenant = new Tenant("acme");
  private Optional<TrainingSpecification.Join> join = Optional.empty();
  private Optional<String> model = Optional.empty();
  private Optional<Tuning> tuning = Optional.empty();
  private int priority;
  private int workers = 2;

  public static SomeJob aJob() {
    return new SomeJob();
  }

  SomeJob of(String other) {
    tenant = new Tenant(other);
    return this;
  }

  public SomeJob onFeatures() {
    join =
        Optional.of(
            new TrainingSpecification.Join("time_hour", Optional.empty(), Optional.of("flights")));
    return this;
  }

  SomeJob registered(String modelId) {
    model = Optional.of(modelId);
    return this;
  }

  /** A search of six trials, two at a time. */
  SomeJob searching() {
    workers = 1;
    tuning =
        Optional.of(
            new Tuning(
                Tuning.Search.BAYESIAN,
                SearchMetric.AUC,
                6,
                2,
                42,
                Optional.of(new Tuning.Scheduler("asha", 3, Optional.of(3), Optional.empty())),
                new Tuning.Budget(
                    Optional.of(Duration.ofMinutes(10)), Optional.of(600.0), Optional.empty()),
                Optional.empty(),
                Map.of(
                    "gamma",
                    new Tuning.Distribution(
                        "uniform",
                        Optional.empty(),
                        Optional.of(0.0),
                        Optional.of(2.0),
                        Optional.empty()))));
    return this;
  }

  SomeJob priority(int value) {
    priority = value;
    return this;
  }

  SomeJob workers(int count) {
    workers = count;
    return this;
  }

  /** A version with a file, and what a test of it needs. */
  static VersionFiles aVersion() {
    Map<String, String> files =
        Map.of("model.onnx", "a".repeat(64), "native/forest.pkl", "b".repeat(64));
    return new VersionFiles("late-flights", 3, Digest.ofFiles(files).value(), files);
  }

  static Job anEvaluation(Instant now) {
    String digest = "sha256:" + "d".repeat(64);
    return about(
        new EvaluationSpecification(
            aVersion(),
            new JobSpecification.Source(
                "dataset:flights@" + digest,
                S3Uri.of("s3://datasets/acme/flights/d.parquet"),
                Optional.of(digest)),
            "late",
            Duration.ofMinutes(30)),
        now);
  }

  static Job someTests(Instant now) {
    return about(
        new TestsSpecification(
            aVersion(),
            new TestsSpecification.Tests(
                "sha256:" + "e".repeat(64),
                S3Uri.of("s3://checkpoints/acme/packages/e.zip"),
                "user:mallory"),
            Duration.ofMinutes(30)),
        now);
  }

  /** A model that somebody logged with MLflow. */
  static Job aPreparation(Instant now) {
    VersionFiles files = aVersion();
    String digest = "sha256:" + "d".repeat(64);
    return about(
        new PreparationSpecification(
            "late-flights",
            Task.CLASSIFICATION,
            new PreparationSpecification.SourceFiles(files.digest(), files.files()),
            "7",
            Map.of("logged_model_id", "m-1"),
            Optional.of(
                new JobSpecification.Source(
                    "dataset:flights@" + digest,
                    S3Uri.of("s3://datasets/acme/flights/d.parquet"),
                    Optional.of(digest))),
            Map.of("auc", 0.8),
            0,
            Duration.ofMinutes(30)),
        now);
  }

  private static Job about(JobSpecification specification, Instant now) {
    return Job.submitted(new Tenant("acme"), JobId.random(), "user:alice", specification, now);
  }

  /** A job that has this run. */
  public Job withRun(String runId) {
    Job job = submittedAt(Instant.EPOCH);
    job.hasRun(new RunReference("7", runId));
    return job;
  }

  public Job submittedAt(Instant now) {
    return Job.submitted(
        tenant,
        JobId.random(),
        "user:alice",
        new TrainingSpecification(
            "late-flights",
            Optional.empty(),
            new AlgorithmName("xgboost"),
            Task.CLASSIFICATION,
            new JobSpecification.Source(
                "s3://datasets/acme/f.parquet",
                S3Uri.of("s3://datasets/acme/f.parquet"),
                Optional.empty()),
            join,
            "late",
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            new TrainingSpecification.Split("stratified", 0.2, 42, Optional.empty()),
            Map.of("max_depth", 4, "learning_rate", 0.1),
            tuning,
            new JobSpecification.Resources(workers, 1, 0, Optional.empty()),
            new TrainingSpecification.Checkpoints(5, 2),
            2,
            Duration.ofHours(2),
            priority,
            model),
        now);
  }
}
