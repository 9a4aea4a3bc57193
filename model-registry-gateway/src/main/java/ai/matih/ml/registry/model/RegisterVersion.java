package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.BundleFormat;
import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.artifact.FetchBundle;
import ai.matih.ml.registry.artifact.FetchedBundle;
import ai.matih.ml.registry.artifact.RunArtifacts;
import ai.matih.ml.registry.artifact.RunArtifacts.Run;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.TrainingJobs.TrainingJob;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * Makes a version of a finished run's model.
 *
 * <p>The platform itself fetches and digests the files; a caller names a run, never an address. The
 * same run with the same files is the same version, however often it is registered. Calls to
 * MLflow, S3 and the training service are over before the transaction begins.
 */
public final class RegisterVersion {

  /**
   * Run tag by which the training service names its job; only a pointer, checked at that service.
   */
  static final String JOB_TAG = "matih.job_id";

  /** How far the clocks of a replica and of the database may be apart. */
  private static final Duration CLOCKS_APART = Duration.ofSeconds(10);

  /** What a caller may say about a version. */
  public record Request(
      RunId run,
      Optional<String> job,
      Optional<String> semanticVersion,
      Optional<String> description) {}

  /**
   * @param created false when the version was there already
   */
  public record Registered(ModelVersion version, boolean created) {}

  /**
   * @param job the job that made exactly these files
   * @param trainedBy who submitted the job, also when its files were changed since: they stay too
   *     close to the version to approve it
   */
  private record Vouched(
      Provenance provenance,
      String reason,
      Evaluation evaluation,
      Optional<String> job,
      Optional<String> trainedBy) {}

  private final FindModel find;
  private final Models models;
  private final Versions versions;
  private final RunArtifacts runs;
  private final FetchBundle bundles;
  private final TrainingJobs jobs;
  private final List<RegistrationListener> listeners;
  private final Audit audit;
  private final Transactions transactions;
  private final Clock clock;

  public RegisterVersion(
      FindModel find,
      Models models,
      Versions versions,
      RunArtifacts runs,
      FetchBundle bundles,
      TrainingJobs jobs,
      List<RegistrationListener> listeners,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    this.find = find;
    this.models = models;
    this.versions = versions;
    this.runs = runs;
    this.bundles = bundles;
    this.jobs = jobs;
    this.listeners = List.copyOf(listeners);
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  public Registered register(ModelId id, Request request, String principal) {
    transactions.run(() -> find.model(id));
    Run run = finishedRun(request.run());
    Optional<TrainingJob> job = job(request, run);
    Instant began = clock.instant();
    FetchedBundle fetched = fetch(run.id());
    Vouched vouched = vouch(run.id(), fetched, job);
    return transactions.call(() -> store(id, request, principal, run, fetched, vouched, began));
  }

  private Run finishedRun(RunId id) {
    Run run =
        runs.find(id)
            .orElseThrow(
                () ->
                    new Problem(RegistryError.RUN_NOT_FOUND, "There is no run " + id + ".")
                        .with("run_id", id));
    if (!run.finished()) {
      throw new Problem(
              RegistryError.RUN_NOT_FINISHED,
              "The run is %s; only a finished run has a model to register."
                  .formatted(run.status().toLowerCase(java.util.Locale.ROOT)))
          .with("run_id", id);
    }
    return run;
  }

  /**
   * A job that the caller names has to exist and be done; one that only a tag names may be a lie.
   */
  private Optional<TrainingJob> job(Request request, Run run) {
    if (request.job().isEmpty()) {
      return Optional.ofNullable(run.tags().get(JOB_TAG))
          .filter(tag -> tag.matches("[A-Za-z0-9_-]{1,64}"))
          .flatMap(jobs::find);
    }
    String id = request.job().get();
    TrainingJob job =
        jobs.find(id)
            .orElseThrow(
                () ->
                    new Problem(RegistryError.JOB_NOT_FOUND, "There is no training job " + id + ".")
                        .with("job_id", id));
    if (job.result().isEmpty()) {
      throw new Problem(
              RegistryError.JOB_NOT_FINISHED,
              "Training job %s is %s and has no result.".formatted(id, job.status()))
          .with("job_id", id);
    }
    return Optional.of(job);
  }

  private FetchedBundle fetch(RunId run) {
    Optional<FetchedBundle> fetched;
    try {
      fetched = bundles.fetch(run);
    } catch (BundleRefused refused) {
      throw new Problem(RegistryError.BUNDLE_REFUSED, refused.reason()).with("run_id", run);
    }
    return fetched.orElseThrow(
        () ->
            new Problem(
                    RegistryError.RUN_HAS_NO_MODEL,
                    "The run logged no files below %s/.".formatted(RunArtifacts.MODEL))
                .with("run_id", run));
  }

  private static Vouched vouch(RunId run, FetchedBundle fetched, Optional<TrainingJob> job) {
    Digest digest = fetched.bundle().digest();
    if (job.isPresent()) {
      Optional<TrainingJobs.Result> result = job.get().result();
      if (result.isPresent()
          && result.get().digest().equals(digest)
          && result.get().run().equals(run)) {
        return new Vouched(
            Provenance.PLATFORM_TRAINED,
            "Training job %s made exactly these files.".formatted(job.get().id()),
            result.get().evaluation(),
            Optional.of(job.get().id()),
            job.get().submittedBy());
      }
      return new Vouched(
          Provenance.SELF_REPORTED,
          "Training job %s made other files than the run has now.".formatted(job.get().id()),
          reported(fetched),
          Optional.empty(),
          job.get().submittedBy());
    }
    return new Vouched(
        Provenance.SELF_REPORTED,
        "No training job of the platform made this run.",
        reported(fetched),
        Optional.empty(),
        Optional.empty());
  }

  private Registered store(
      ModelId id,
      Request request,
      String principal,
      Run run,
      FetchedBundle fetched,
      Vouched vouched,
      Instant began) {
    models.lock(id);
    find.model(id);
    Optional<ModelVersion> known = versions.find(id, run.id(), fetched.bundle().digest());
    if (known.isPresent()) {
      return new Registered(known.get(), false);
    }
    if (!versions.holdFiles(fetched.bundle().digest(), began.minus(CLOCKS_APART))) {
      throw new Problem(
          RegistryError.FILES_BEING_REMOVED,
          "A deleted version had the same files, and they are being removed. Register again in a minute.");
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    ModelVersion version =
        new ModelVersion(
            id,
            versions.nextNumber(id),
            Stage.DEVELOPMENT,
            false,
            now,
            request.semanticVersion(),
            request.description(),
            fetched.bundle(),
            signature(fetched),
            vouched.evaluation(),
            vouched.provenance(),
            vouched.reason(),
            document(fetched, BundleReader.LINEAGE),
            run.id(),
            run.experimentId(),
            vouched.job(),
            vouched.trainedBy(),
            principal,
            now,
            OnnxStatus.UNVERIFIED,
            Validation.PENDING,
            now);
    versions.add(version);
    audit.record(
        "version.registered",
        version.path(),
        Map.of(
            "digest", version.bundle().digest(),
            "run_id", run.id(),
            "provenance", version.provenance()));
    listeners.forEach(listener -> listener.registered(version));
    return new Registered(version, true);
  }

  private static Map<String, Object> signature(FetchedBundle fetched) {
    Map<String, Object> signature = document(fetched, BundleReader.SIGNATURE);
    try {
      BundleFormat.of(signature);
    } catch (BundleRefused refused) {
      throw new Problem(RegistryError.BUNDLE_REFUSED, refused.reason());
    }
    return signature;
  }

  private static Map<String, Object> document(FetchedBundle fetched, String document) {
    return fetched
        .document(document)
        .map(bytes -> read(document, bytes, new TypeReference<Map<String, Object>>() {}))
        .map(RegisterVersion::withoutNulls)
        .orElse(Map.of());
  }

  private static Map<String, Object> withoutNulls(Map<String, Object> document) {
    Map<String, Object> kept = new LinkedHashMap<>(document);
    kept.values().removeIf(java.util.Objects::isNull);
    return kept;
  }

  private static Evaluation reported(FetchedBundle fetched) {
    return fetched
        .document(BundleReader.EVALUATION)
        .map(bytes -> read(BundleReader.EVALUATION, bytes, new TypeReference<Evaluation>() {}))
        .orElse(Evaluation.NONE);
  }

  private static <T> T read(String document, byte[] bytes, TypeReference<T> type) {
    try {
      return EngineClients.LENIENT_JSON.readValue(bytes, type);
    } catch (JacksonException e) {
      throw new Problem(
          RegistryError.BUNDLE_REFUSED, document + " is not the JSON that it should be.");
    }
  }
}
