package ai.matih.ml.training.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.training.TrainingError;
import ai.matih.ml.training.algorithm.Algorithms;
import ai.matih.ml.training.cluster.CodePackage;
import ai.matih.ml.training.cluster.FakeTrainingCluster;
import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.DatasetName;
import ai.matih.ml.training.dataset.DatasetVersion;
import ai.matih.ml.training.dataset.InMemoryDatasets;
import ai.matih.ml.training.packages.InMemoryPackages;
import ai.matih.ml.training.packages.UserPackage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** What callers may do with jobs, on stores in memory. */
class JobUseCasesTests {

  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final Tenant ACME = new Tenant("acme");
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private static final String FLIGHTS = "sha256:" + "a".repeat(64);
  private static final String VALID =
      """
      {"name":"late","algorithm":"xgboost","task":"classification",
       "dataset":{"source":"dataset:flights"},"target_column":"late"}""";

  private final InMemoryJobs jobs = new InMemoryJobs();
  private final InMemoryDatasets datasets = new InMemoryDatasets();
  private final InMemoryPackages packages = new InMemoryPackages();
  private final FakeTrainingCluster cluster = new FakeTrainingCluster();
  private final Neighbours neighbours = new Neighbours();
  private final JobSettings settings = ReconcileJobsScenarios.settings(3, Duration.ZERO);

  private final AcceptJob accept =
      new AcceptJob(
          new CheckJobRequest(
              Algorithms.of(CodePackage.ofThisBuild()),
              datasets,
              neighbours,
              neighbours,
              cluster,
              settings),
          jobs,
          new JobChanges(),
          new PassingClock());
  private final ExamineVersion examine =
      new ExamineVersion(jobs, datasets, packages, settings, CLOCK);

  private final AcceptPreparation prepare = new AcceptPreparation(jobs, datasets, settings, CLOCK);

  /** A second passes at each look, so that waiting ends. */
  private static final class PassingClock extends Clock {
    private Instant now = NOW;

    @Override
    public Instant instant() {
      now = now.plusSeconds(1);
      return now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }

  JobUseCasesTests() {
    datasets.store(
        new DatasetVersion(
            ACME,
            new DatasetName("flights"),
            FLIGHTS,
            S3Uri.of("s3://datasets/acme/flights/a.parquet"),
            10,
            10,
            List.of(new Column("late", "long", 0), new Column("temp", "double", 1)),
            "user:alice",
            NOW));
    packages.store(
        new UserPackage(
            ACME,
            "sha256:" + "e".repeat(64),
            S3Uri.of("s3://checkpoints/acme/packages/e.zip"),
            10,
            1,
            "user:mallory",
            NOW));
  }

  private static Caller caller(String principal) {
    return new Caller(
        ACME,
        principal,
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "token");
  }

  private static <T> T asAcme(Supplier<T> work) {
    return TenantScope.call(ACME, work);
  }

  private Job submit(String request, String key) {
    return asAcme(
        () ->
            accept.accept(
                caller("user:alice"), JSON.readValue(request, JobRequest.class), Optional.of(key)));
  }

  private static Problem refusal(Supplier<?> call) {
    try {
      Object answer = asAcme(call);
      throw new AssertionError("was not refused: " + answer);
    } catch (Problem problem) {
      return problem;
    }
  }

  @Test
  void the_same_request_with_the_same_key_is_the_same_job() {
    Job first = submit(VALID, "k1");

    assertThat(first.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(submit(VALID, "k1").id()).isEqualTo(first.id());
    assertThat(submit(VALID, "k2").id()).isNotEqualTo(first.id());
    assertThat(refusal(() -> submit(VALID.replace("xgboost", "random_forest"), "k1")).error())
        .isEqualTo(CommonError.IDEMPOTENCY_KEY_REUSED);
  }

  @Test
  void a_request_is_refused_with_every_fault() {
    Problem problem =
        refusal(
            () ->
                submit(
                    VALID
                        .replace("xgboost", "alchemy")
                        .replace("\"target_column\":\"late\"", "\"target_column\":\"gone\""),
                    "k"));

    assertThat(problem.violations())
        .extracting(Violation::field)
        .containsExactlyInAnyOrder("algorithm", "target_column");
  }

  @Test
  void an_unknown_experiment_and_an_impossible_size_are_refused_with_what_the_cluster_has() {
    String large =
        VALID.replace(
            "{\"name\"", "{\"experiment_id\":\"99\",\"resources\":{\"num_workers\":9},\"name\"");

    Problem problem = refusal(() -> submit(large, "k"));

    assertThat(problem.violations())
        .extracting(Violation::field)
        .containsExactly("experiment_id", "resources.num_workers");
    assertThat(problem.params()).containsKey("capacity");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "churn    |",
        "prices   | 'prices' is a model for regression and the job is for classification",
        "deleted  | the model 'deleted' was deleted; POST /api/v1/ml/models/deleted/restore brings it back",
        "chrun    | there is no model 'chrun'; create it with POST /api/v1/ml/models",
      })
  void a_job_is_only_for_a_model_that_can_take_it(String model, @Nullable String reason) {
    String request =
        VALID.replace("{\"name\"", "{\"register\":{\"model_id\":\"%s\"},\"name\"".formatted(model));

    if (reason == null) {
      assertThat(submit(request, "k").training().registerModel()).contains(model);
    } else {
      assertThat(refusal(() -> submit(request, "k")).violations())
          .containsExactly(new Violation("register.model_id", reason));
    }
  }

  @Test
  void a_job_for_a_model_waits_outside_while_the_registry_does_not_answer() {
    String request = VALID.replace("{\"name\"", "{\"register\":{\"model_id\":\"churn\"},\"name\"");
    neighbours.registryAway = true;

    assertThatThrownBy(() -> submit(request, "k")).isInstanceOf(EngineFailure.Unavailable.class);
    assertThat(submit(VALID, "without").status()).isEqualTo(JobStatus.QUEUED);

    neighbours.registryAway = false;
    Job job = submit(request, "k");
    neighbours.registryAway = true;
    assertThatThrownBy(() -> submit(request, "k")).isInstanceOf(EngineFailure.Unavailable.class);
    neighbours.registryAway = false;
    assertThat(submit(request, "k").id()).isEqualTo(job.id());
  }

  @Test
  void a_job_is_taken_while_the_cluster_does_not_answer() {
    cluster.away(true);

    assertThat(submit(VALID, "k").status()).isEqualTo(JobStatus.QUEUED);
  }

  @Test
  void a_job_is_cancelled_and_retried_by_people() {
    Job job = submit(VALID, "k");
    CancelJob cancel = new CancelJob(jobs);
    RetryJob retry = new RetryJob(jobs, CLOCK);

    assertThatThrownBy(() -> asAcme(() -> retry.retry(job.id())))
        .isInstanceOf(IllegalJobMove.class);
    Job cancelled = asAcme(() -> cancel.cancel(caller("user:bob"), job.id())).orElseThrow();
    assertThat(cancelled.isCancelRequested()).isTrue();
    asAcme(() -> cancel.cancel(caller("user:bob"), job.id()));
    assertThat(jobs.actions).containsExactly("job.cancel_requested", "job.cancel_requested");
    assertThat(asAcme(() -> cancel.cancel(caller("user:bob"), JobId.random()))).isEmpty();

    asAcme(() -> jobs.change(job.id(), "test", j -> j.cancelled(NOW)));
    assertThat(asAcme(() -> retry.retry(job.id())).orElseThrow().attempt()).isEqualTo(2);
  }

  private static TrainedModel trained(double auc) {
    return new TrainedModel(
        "run-1",
        "model",
        "sha256:00",
        Map.of("MLmodel", "00"),
        Map.of("auc", auc, "accuracy", 0.5),
        Map.of(),
        "sha256:01",
        Map.of(),
        List.of(),
        List.of());
  }

  private Job succeeded(Job job, FeaturePlan plan) {
    return asAcme(
            () ->
                jobs.change(
                    job.id(),
                    "test",
                    j -> {
                      j.hasRun(new RunReference("77", "run-1"));
                      j.hasPlan(plan);
                      j.prepared("session", NOW);
                      j.accepted(NOW);
                      j.started(NOW, NOW);
                      j.succeeded(trained(0.7), NOW);
                    }))
        .orElseThrow();
  }

  private Optional<Job> reproduce(Job job, String key) {
    return asAcme(() -> accept.reproduce(caller("user:bob"), job.id(), Optional.of(key)));
  }

  @Test
  void a_training_is_reproduced_from_its_record() {
    FeaturePlan plan = new FeaturePlan(List.of());
    Job job = succeeded(submit(VALID.replace("\"late\"}", "\"late\",\"priority\":3}"), "k"), plan);

    Job again = reproduce(job, "r").orElseThrow();

    assertThat(again.id()).isNotEqualTo(job.id());
    assertThat(again.submittedBy()).isEqualTo("user:bob");
    assertThat(again.plan()).contains(plan);
    assertThat(again.training().experimentId()).contains("77");
    assertThat(again.training().priority()).isEqualTo(3);
    assertThat(again.training().source()).isEqualTo(job.training().source());
    assertThat(again.training().registerModel()).isEmpty();
    assertThat(reproduce(job, "r").orElseThrow().id()).isEqualTo(again.id());
    assertThat(reproduce(job, "other").orElseThrow().id()).isNotEqualTo(again.id());
    Job other = succeeded(submit(VALID, "l"), plan);
    assertThat(refusal(() -> reproduce(other, "r").orElseThrow()).error())
        .isEqualTo(CommonError.IDEMPOTENCY_KEY_REUSED);

    Original original = again.reproduces().orElseThrow();
    assertThat(original.compare(trained(0.7))).allMatch(Original.Metric::isEqual).hasSize(2);
    assertThat(original.compare(trained(0.75)))
        .filteredOn(metric -> !metric.isEqual())
        .singleElement()
        .satisfies(
            metric -> {
              assertThat(metric.name()).isEqualTo("auc");
              assertThat(metric.difference().orElseThrow()).isCloseTo(0.05, within(1e-12));
            });
    assertThat(original.isReproducedBy(trained(0.7))).isTrue();
    assertThat(original.isReproducedBy(trained(0.75))).isFalse();
    assertThat(new Original(job.id(), original.metrics(), "sha256:02").isReproducedBy(trained(0.7)))
        .as("from other rows")
        .isFalse();
    assertThat(new Original(job.id(), Map.of(), "sha256:01").compare(trained(0.7)))
        .noneMatch(Original.Metric::isEqual)
        .noneMatch(metric -> metric.difference().isPresent());
  }

  @Test
  void a_retry_of_a_reproduction_keeps_what_it_repeats() {
    FeaturePlan plan = new FeaturePlan(List.of());
    Job again = reproduce(succeeded(submit(VALID, "k"), plan), "r").orElseThrow();
    asAcme(() -> jobs.change(again.id(), "test", j -> j.cancelled(NOW)));

    Job retried = asAcme(() -> new RetryJob(jobs, CLOCK).retry(again.id())).orElseThrow();

    assertThat(retried.plan()).contains(plan);
    assertThat(retried.reproduces()).isEqualTo(again.reproduces());
  }

  @Test
  void what_trained_no_model_is_not_reproduced() {
    Job job = submit(VALID, "k");
    assertThat(refusal(() -> reproduce(job, "r").orElseThrow()).error())
        .isEqualTo(TrainingError.NOT_REPRODUCIBLE);
    assertThat(asAcme(() -> accept.reproduce(caller("user:bob"), JobId.random(), Optional.empty())))
        .isEmpty();
  }

  private static ExamineVersion.Version version(Map<String, String> files, String digest) {
    return new ExamineVersion.Version(
        Optional.of("late-flights"), Optional.of(3), Optional.of(digest), Optional.of(files));
  }

  private static ExamineVersion.Version version() {
    return version(SomeJob.aVersion().files(), SomeJob.aVersion().digest());
  }

  private Job evaluate(ExamineVersion.Version version, String dataset, String target, String key) {
    return asAcme(
        () ->
            examine.evaluate(
                caller("service:model-registry-gateway"),
                new ExamineVersion.EvaluationRequest(
                    version, Optional.of(dataset), Optional.of(target), Optional.of("user:carol")),
                Optional.of(key)));
  }

  @Test
  void a_version_is_measured_on_a_pinned_data_set() {
    String pinned = "dataset:flights@" + FLIGHTS;

    Job job = evaluate(version(), pinned, "late", "k");

    assertThat(job.specification().kind()).isEqualTo("evaluation");
    assertThat(job.submittedBy()).isEqualTo("user:carol");
    assertThat(evaluate(version(), pinned, "late", "k").id()).isEqualTo(job.id());
    assertThat(refusal(() -> evaluate(version(), pinned, "temp", "k")).error())
        .isEqualTo(CommonError.IDEMPOTENCY_KEY_REUSED);
  }

  @Test
  void a_version_that_is_not_what_its_digest_says_is_not_measured() {
    String pinned = "dataset:flights@" + FLIGHTS;
    Map<String, String> files = SomeJob.aVersion().files();

    assertThat(refusal(() -> evaluate(version(files, FLIGHTS), pinned, "late", "k")).violations())
        .extracting(Violation::field)
        .containsExactly("artifact.digest");
    assertThat(
            refusal(
                    () ->
                        evaluate(
                            version(Map.of("../x", "a".repeat(64)), FLIGHTS),
                            "dataset:flights",
                            "",
                            "k"))
                .violations())
        .extracting(Violation::field)
        .containsExactlyInAnyOrder("artifact.files", "dataset", "target_column");
    assertThat(refusal(() -> evaluate(version(), pinned, "gone", "k")).violations())
        .extracting(Violation::field)
        .containsExactly("target_column");
  }

  @Test
  void tests_of_a_version_need_an_uploaded_package() {
    ExamineVersion.TestsRequest known =
        new ExamineVersion.TestsRequest(
            version(), Optional.of("sha256:" + "e".repeat(64)), Optional.empty());
    ExamineVersion.TestsRequest unknown =
        new ExamineVersion.TestsRequest(version(), Optional.of(FLIGHTS), Optional.empty());
    Caller registry = caller("service:model-registry-gateway");

    Job job = asAcme(() -> examine.test(registry, known, Optional.empty()));

    assertThat(job.specification())
        .isInstanceOfSatisfying(
            TestsSpecification.class,
            tests -> assertThat(tests.tests().uploadedBy()).isEqualTo("user:mallory"));
    assertThat(refusal(() -> examine.test(registry, unknown, Optional.empty())).violations())
        .extracting(Violation::field)
        .containsExactly("package_digest");
  }

  private static AcceptPreparation.Request preparation(
      Map<String, String> files, Optional<String> examples, int again) {
    return new AcceptPreparation.Request(
        Optional.of("late-flights"),
        Optional.of("classification"),
        Optional.of(
            new AcceptPreparation.Files(
                Optional.of(Digest.ofFiles(files).value()), Optional.of(files))),
        Optional.of("7"),
        Optional.of(Map.of("logged_model_id", "m-1")),
        examples,
        Optional.of(Map.of("auc", 0.8)),
        Optional.of(again),
        Optional.of("user:alice"));
  }

  @Test
  void what_is_to_be_prepared_names_the_job() {
    Caller registry = caller("service:model-registry-gateway");
    Map<String, String> files = Map.of("MLmodel", "a".repeat(64), "model.pkl", "b".repeat(64));
    Job first = asAcme(() -> prepare.accept(registry, preparation(files, Optional.empty(), 0)));

    assertThat(first.submittedBy()).isEqualTo("user:alice");
    assertThat(asAcme(() -> prepare.accept(registry, preparation(files, Optional.empty(), 0))).id())
        .isEqualTo(first.id());
    assertThat(asAcme(() -> prepare.accept(registry, preparation(files, Optional.empty(), 1))).id())
        .isNotEqualTo(first.id());
    assertThat(
            asAcme(
                    () ->
                        prepare.accept(
                            registry,
                            preparation(files, Optional.of("dataset:flights@" + FLIGHTS), 0)))
                .id())
        .isNotEqualTo(first.id());
  }

  @Test
  void a_preparation_that_failed_is_tried_again() {
    Caller registry = caller("service:model-registry-gateway");
    Map<String, String> files = Map.of("MLmodel", "a".repeat(64));
    Job first = asAcme(() -> prepare.accept(registry, preparation(files, Optional.empty(), 0)));
    asAcme(
        () ->
            jobs.change(
                first.id(),
                "failed",
                job -> job.failed(new JobFailure("missing_package", "none"), NOW)));

    Job again = asAcme(() -> prepare.accept(registry, preparation(files, Optional.empty(), 0)));

    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(again.attempt()).isEqualTo(2);
  }

  @Test
  void everything_wrong_with_a_preparation_is_named() {
    AcceptPreparation.Request wrong =
        new AcceptPreparation.Request(
            Optional.of("No Model"),
            Optional.of("clustering"),
            Optional.of(
                new AcceptPreparation.Files(
                    Optional.of("sha256:0"), Optional.of(Map.of("a", "b".repeat(64))))),
            Optional.empty(),
            Optional.empty(),
            Optional.of("dataset:nothing@" + FLIGHTS),
            Optional.of(Map.of("auc", Double.NaN)),
            Optional.empty(),
            Optional.empty());

    assertThat(
            refusal(() -> prepare.accept(caller("service:model-registry-gateway"), wrong))
                .violations())
        .extracting(Violation::field)
        .containsExactlyInAnyOrder(
            "model_id", "task", "source.digest", "experiment_id", "examples", "metrics");
  }
}
