package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.algorithm.Task;
import ai.matih.ml.training.cluster.JobLog;
import ai.matih.ml.training.cluster.SubmissionId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The services and the store around a job, in memory; each keeps what its port promises. */
final class Neighbours
    implements ExperimentRuns,
        FeaturePlans,
        RegistryModels,
        VersionRegistration,
        JobOutputs,
        SignedAddresses {

  /** Runs by the job and attempt that they were made for. */
  final Map<String, RunReference> runs = new LinkedHashMap<>();

  final Map<String, Integer> writers = new LinkedHashMap<>();
  final Map<RunReference, RunOutcome> ended = new LinkedHashMap<>();
  final List<RunReference> endedBelow = new ArrayList<>();
  final Map<SubmissionId, JobLog> logs = new LinkedHashMap<>();
  final List<JobId> registered = new ArrayList<>();
  @Nullable String planRefusal;
  @Nullable String registrationRefusal;
  boolean experimentsAway;
  boolean registryAway;

  /** The registry does its part and its answer gets lost, so often. */
  int registrationRepliesLost;

  @Nullable JobFailure failure;
  @Nullable String resultFault;
  @Nullable JobProgress progress;
  @Nullable Leaderboard trials;
  List<JobWarning> warnings = List.of();

  private void answer() {
    if (experimentsAway) {
      throw new EngineFailure.Unavailable("ml-api", "away", Optional.empty());
    }
  }

  @Override
  public synchronized boolean exists(Tenant tenant, String submittedBy, String experimentId) {
    answer();
    return experimentId.equals("7");
  }

  @Override
  public synchronized RunReference ensure(Job job) {
    answer();
    String experiment = job.making().experimentId().orElse("1");
    if (!experiment.equals("1") && !experiment.equals("7")) {
      throw new EngineFailure.Refused("ml-api", 404, "");
    }
    return runs.computeIfAbsent(
        job.id() + "-" + job.runAttempt(), key -> new RunReference(experiment, "run-" + key));
  }

  @Override
  public synchronized boolean admitWriter(Job job) {
    answer();
    String run = job.run().orElseThrow().runId();
    int highest = writers.merge(run, job.attempt(), Math::max);
    return highest == job.attempt() && !ended.containsKey(job.run().get());
  }

  @Override
  public synchronized void end(
      Tenant tenant, String submittedBy, RunReference run, RunOutcome outcome) {
    answer();
    ended.putIfAbsent(run, outcome);
  }

  @Override
  public synchronized void endBelow(Tenant tenant, String submittedBy, RunReference run) {
    answer();
    endedBelow.add(run);
  }

  @Override
  public FeaturePlan plan(Job job) throws PlanRefused {
    if (planRefusal != null) {
      throw new PlanRefused(planRefusal);
    }
    return new FeaturePlan(
        List.of(
            new FeaturePlan.View(
                "weather",
                "s3://datasets/acme/weather/w.parquet",
                "time_hour",
                Optional.empty(),
                0,
                List.of("origin"),
                List.of(new FeaturePlan.Feature("temp", "temp", Optional.of("double"))))));
  }

  private void answerOfRegistry() {
    if (registryAway) {
      throw new EngineFailure.Unavailable("model-registry-gateway", "away", Optional.empty());
    }
  }

  @Override
  public synchronized Answer find(Tenant tenant, String submittedBy, String modelId) {
    answerOfRegistry();
    return switch (modelId) {
      case "churn" -> new Known(Task.CLASSIFICATION);
      case "prices" -> new Known(Task.REGRESSION);
      case "deleted" -> new Deleted();
      default -> new Missing();
    };
  }

  @Override
  public synchronized int register(
      Tenant tenant, String submittedBy, JobId job, String runId, String modelId)
      throws RegistrationRefused {
    answerOfRegistry();
    if (registrationRefusal != null) {
      throw new RegistrationRefused(registrationRefusal);
    }
    if (!registered.contains(job)) {
      registered.add(job);
    }
    if (registrationRepliesLost > 0) {
      registrationRepliesLost--;
      throw new EngineFailure.OutcomeUnknown("model-registry-gateway", new IOException("cut"));
    }
    return registered.indexOf(job) + 1;
  }

  @Override
  public S3Uri folder(Job job, int attempt) {
    return new S3Uri("checkpoints", job.tenant() + "/jobs/" + job.id() + "/a" + attempt);
  }

  @Override
  public S3Uri sweep(Job job) {
    return new S3Uri("checkpoints", job.tenant() + "/jobs/" + job.id() + "/sweep");
  }

  @Override
  public Optional<Leaderboard> trials(Job job) {
    return Optional.ofNullable(trials);
  }

  @Override
  public Optional<JobProgress> progress(Job job) {
    return Optional.ofNullable(progress);
  }

  @Override
  public Optional<JobResult> result(Job job) throws ResultInvalid {
    if (resultFault != null) {
      throw new ResultInvalid(resultFault);
    }
    return Optional.of(
        switch (job.specification()) {
          case JobSpecification.MakesModel _ ->
              new TrainedModel(
                  job.run().orElseThrow().runId(),
                  "model",
                  "sha256:00",
                  Map.of("MLmodel", "00"),
                  Map.of("auc", 0.7),
                  Map.of(),
                  "sha256:01",
                  Map.of(),
                  warnings,
                  List.of());
          case EvaluationSpecification evaluation ->
              new MeasuredVersion(
                  evaluation.version().digest(),
                  evaluation.data().digest().orElseThrow(),
                  evaluation.targetColumn(),
                  100,
                  0,
                  Map.of("auc", 0.8),
                  "onnxruntime");
          case TestsSpecification tests ->
              new TestedVersion(tests.version().digest(), tests.tests().digest(), 0, "sha256:02");
        });
  }

  @Override
  public Optional<byte[]> report(Job job) {
    return job.specification() instanceof TestsSpecification && job.result().isPresent()
        ? Optional.of("<testsuite/>".getBytes(StandardCharsets.UTF_8))
        : Optional.empty();
  }

  @Override
  public Optional<InputStream> split(Job job) {
    return job.model()
        .map(model -> new ByteArrayInputStream(model.runId().getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public String readable(S3Uri file, Duration goodFor) {
    return "GET " + file;
  }

  @Override
  public String replaceable(S3Uri file, Duration goodFor) {
    return "PUT " + file;
  }

  @Override
  public Optional<JobFailure> failure(Job job) {
    return Optional.ofNullable(failure);
  }

  @Override
  public List<Checkpoint> checkpoints(Job job) {
    return List.of();
  }

  @Override
  public synchronized void keepLog(Job job, JobLog log) {
    logs.put(job.submissionId(), log);
  }

  @Override
  public synchronized Optional<JobLog> keptLog(Job job, int attempt) {
    return Optional.ofNullable(logs.get(SubmissionId.of(job.id().value(), attempt)));
  }
}
