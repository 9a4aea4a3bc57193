package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.Submission;
import ai.matih.ml.training.cluster.TrainingCluster;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Hands an attempt to the cluster exactly once.
 *
 * <p>The cluster is asked before it is told, each time: whoever handed it over before, and whatever
 * became of that call, the answer decides. Only an attempt that the very same life of the cluster
 * does not know is sent (again), under the same id, which the cluster takes once.
 */
final class HandOver {

  private final TrainingCluster cluster;
  private final ExperimentRuns runs;
  private final JobDocuments documents;
  private final JobEnvironment environment;
  private final Jobs jobs;
  private final String entrypoint;

  HandOver(
      TrainingCluster cluster,
      ExperimentRuns runs,
      JobDocuments documents,
      JobEnvironment environment,
      Jobs jobs,
      String entrypoint) {
    this.cluster = cluster;
    this.runs = runs;
    this.documents = documents;
    this.environment = environment;
    this.jobs = jobs;
    this.entrypoint = entrypoint;
  }

  /** When to look again; empty when the job has moved. */
  Optional<Duration> step(Claimed claimed) {
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

  private Optional<Duration> send(Claimed claimed) {
    Job job = claimed.job();
    if (job.run().isPresent() && !runs.admitWriter(job)) {
      claimed.fail(
          JobFailure.SUPERSEDED, "The run takes no writes of this attempt any more: it has ended.");
      return Optional.empty();
    }
    // The last look at the claim before the world changes.
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
    JobSpecification.Resources asked = job.specification().resources();
    return new Submission(
        job.submissionId(),
        entrypoint,
        environment.of(job, documents.of(job)),
        Map.of(
            "tenant",
            job.tenant().slug(),
            "job_id",
            job.id().toString(),
            "attempt",
            Integer.toString(job.attempt()),
            SweepCluster.INSTALLATION,
            jobs.installation()),
        new Submission.Size(
            asked.numWorkers(),
            asked.cpusPerWorker(),
            asked.gpusPerWorker(),
            asked.memoryBytesPerWorker()),
        Optional.of(job.specification().timeout()));
  }
}
