package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.Submission;
import ai.matih.ml.training.cluster.TrainingCluster;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Submits an attempt to the cluster exactly once.
 *
 * <p>Before each submission it asks the cluster for the attempt: an earlier call may have arrived
 * although its answer was lost. It submits again only when the same session of the cluster does not
 * know the attempt, and under the same id, which the cluster accepts once.
 */
final class SubmitAttempt {

  private final TrainingCluster cluster;
  private final ExperimentRuns runs;
  private final JobDocuments documents;
  private final JobEnvironment environment;
  private final JobDemand demand;
  private final JobSettings settings;

  SubmitAttempt(
      TrainingCluster cluster,
      ExperimentRuns runs,
      JobDocuments documents,
      JobEnvironment environment,
      JobDemand demand,
      JobSettings settings) {
    this.cluster = cluster;
    this.runs = runs;
    this.documents = documents;
    this.environment = environment;
    this.demand = demand;
    this.settings = settings;
  }

  /** When to take the next step; empty when the job has moved. */
  Optional<Duration> step(ClaimedJob claimed) {
    Job job = claimed.job();
    Optional<ClusterJob> found = cluster.job(job.submissionId());
    if (found.isPresent()) {
      job.accepted(claimed.now());
      claimed.store();
      return Optional.empty();
    }
    if (!cluster.session().equals(job.session().orElse(""))) {
      job.forgotten(claimed.now());
      claimed.store();
      return Optional.empty();
    }
    if (job.isCancelRequested()) {
      job.cancelled(claimed.now());
      claimed.store();
      return Optional.empty();
    }
    if (job.status() == JobStatus.UNKNOWN) {
      job.notFound(claimed.now());
      claimed.store();
    }
    return send(claimed);
  }

  private Optional<Duration> send(ClaimedJob claimed) {
    Job job = claimed.job();
    if (job.run().isPresent() && !runs.admitWriter(job)) {
      claimed.fail(
          JobFailure.SUPERSEDED, "The run takes no writes of this attempt any more: it has ended.");
      return Optional.empty();
    }
    // Makes sure of the claim before the cluster is changed.
    claimed.store();
    try {
      cluster.submit(submission(job));
      job.accepted(claimed.now());
    } catch (EngineFailure.OutcomeUnknown | EngineFailure.Misbehaved e) {
      job.answerMissing(claimed.now());
      claimed.store();
      return Optional.of(Duration.ofSeconds(1));
    } catch (EngineFailure.Refused e) {
      claimed.fail(
          JobFailure.CLUSTER_REFUSED, "The cluster refused the job (status " + e.status() + ").");
      return Optional.empty();
    }
    claimed.store();
    return Optional.empty();
  }

  private Submission submission(Job job) {
    JobSpecification.Resources asked = job.specification().atOnce();
    return new Submission(
        job.submissionId(),
        settings.entrypoint(),
        environment.of(job, documents.of(job)),
        Map.of(
            "tenant",
            job.tenant().slug(),
            "job_id",
            job.id().toString(),
            "attempt",
            Integer.toString(job.attempt()),
            SweepCluster.INSTALLATION,
            demand.installation()),
        new Submission.Size(
            asked.numWorkers(),
            asked.cpusPerWorker(),
            asked.gpusPerWorker(),
            asked.memoryBytesPerWorker(),
            job.specification() instanceof TrainingSpecification training
                && training.tuning().isPresent()),
        Optional.of(job.specification().timeout()));
  }
}
