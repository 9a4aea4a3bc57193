package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.artifact.FetchBundle;
import ai.matih.ml.registry.artifact.FetchedBundle;
import ai.matih.ml.registry.artifact.RunArtifacts;
import ai.matih.ml.registry.artifact.RunArtifacts.Run;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.TrainingJobs.TrainingJob;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * Finds out what a run has made: its files, fetched and digested by the platform itself, and who
 * vouches for them. It calls MLflow, S3 and the training service, so it belongs before the
 * transaction.
 */
public final class InspectRun {

  /**
   * Run tag by which the training service names its job; only a pointer, checked at that service.
   */
  static final String JOB_TAG = "matih.job_id";

  /**
   * A run with its files and what vouches for them.
   *
   * @param began when its files began to be stored
   */
  record Inspected(Run run, Instant began, FetchedBundle fetched, Vouched vouched) {}

  /**
   * @param job the job that made exactly these files
   * @param trainedBy who submitted the job, also when its files were changed since: they stay too
   *     close to the version to approve it
   */
  record Vouched(
      Provenance provenance,
      String reason,
      Evaluation evaluation,
      Optional<String> job,
      Optional<String> trainedBy) {}

  private final RunArtifacts runs;
  private final FetchBundle bundles;
  private final TrainingJobs jobs;
  private final Clock clock;

  public InspectRun(RunArtifacts runs, FetchBundle bundles, TrainingJobs jobs, Clock clock) {
    this.runs = runs;
    this.bundles = bundles;
    this.jobs = jobs;
    this.clock = clock;
  }

  /**
   * @param job that the caller says has made the run
   */
  Inspected inspect(RunId id, Optional<String> job) {
    Run run = finishedRun(id);
    Optional<TrainingJob> made = job(job, run);
    Instant began = clock.instant();
    FetchedBundle fetched = fetch(run.id());
    return new Inspected(run, began, fetched, vouch(run.id(), fetched, made));
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
  private Optional<TrainingJob> job(Optional<String> named, Run run) {
    if (named.isEmpty()) {
      return Optional.ofNullable(run.tags().get(JOB_TAG))
          .filter(tag -> tag.matches("[A-Za-z0-9_-]{1,64}"))
          .flatMap(jobs::find);
    }
    String id = named.get();
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
                    "The run logged no model: neither a logged model of MLflow's nor files below %s/."
                        .formatted(RunArtifacts.MODEL))
                .with("run_id", run));
  }

  private static Vouched vouch(RunId run, FetchedBundle fetched, Optional<TrainingJob> job) {
    Digest digest = fetched.bundle().digest();
    if (job.isPresent()) {
      Optional<TrainingJobs.Result> result = job.get().result();
      if (result.isPresent()
          && result.get().digest().equals(digest)
          && result.get().run().equals(run)) {
        if (job.get().prepared()) {
          return new Vouched(
              Provenance.SELF_REPORTED,
              "Job %s made these files of a logged model; its metrics are what its run tells."
                  .formatted(job.get().id()),
              reported(fetched),
              Optional.of(job.get().id()),
              job.get().submittedBy());
        }
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

  private static Evaluation reported(FetchedBundle fetched) {
    return fetched
        .document(BundleReader.EVALUATION)
        .map(bytes -> read(BundleReader.EVALUATION, bytes, new TypeReference<Evaluation>() {}))
        .orElse(Evaluation.NONE);
  }

  static <T> T read(String document, byte[] bytes, TypeReference<T> type) {
    try {
      return EngineClients.LENIENT_JSON.readValue(bytes, type);
    } catch (JacksonException e) {
      throw new Problem(
          RegistryError.BUNDLE_REFUSED, document + " is not the JSON that it should be.");
    }
  }
}
