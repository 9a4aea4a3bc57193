package ai.matih.ml.training.job;

import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Jobs with good defaults. */
final class SomeJob {

  private Tenant tenant = new Tenant("acme");
  private Optional<JobSpecification.Join> join = Optional.empty();
  private Optional<String> model = Optional.empty();
  private int priority;
  private int workers = 2;

  static SomeJob aJob() {
    return new SomeJob();
  }

  SomeJob of(String other) {
    tenant = new Tenant(other);
    return this;
  }

  SomeJob onFeatures() {
    join =
        Optional.of(
            new JobSpecification.Join("time_hour", Optional.empty(), Optional.of("flights")));
    return this;
  }

  SomeJob registered(String modelId) {
    model = Optional.of(modelId);
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

  Job submittedAt(Instant now) {
    return Job.submitted(
        tenant,
        JobId.random(),
        "user:alice",
        new JobSpecification(
            "late-flights",
            Optional.empty(),
            JobSpecification.Algorithm.XGBOOST,
            JobSpecification.Task.CLASSIFICATION,
            new JobSpecification.Source(
                "s3://datasets/acme/f.parquet",
                S3Uri.of("s3://datasets/acme/f.parquet"),
                Optional.empty()),
            join,
            "late",
            Optional.empty(),
            new JobSpecification.Split("stratified", 0.2, 42, Optional.empty()),
            Map.of("max_depth", 4, "learning_rate", 0.1),
            new JobSpecification.Resources(workers, 1, 0, Optional.empty()),
            new JobSpecification.Checkpoints(5, 2),
            2,
            Duration.ofHours(2),
            priority,
            model),
        now);
  }
}
