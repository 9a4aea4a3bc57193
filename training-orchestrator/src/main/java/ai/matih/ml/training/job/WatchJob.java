package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.TrainingCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows an attempt that the cluster has, to its end. */
final class WatchJob {

  private static final Logger log = LoggerFactory.getLogger(WatchJob.class);

  private final TrainingCluster cluster;
  private final JobOutputs outputs;
  private final JobSettings settings;

  WatchJob(TrainingCluster cluster, JobOutputs outputs, JobSettings settings) {
    this.cluster = cluster;
    this.outputs = outputs;
    this.settings = settings;
  }

  /** When to take the next step; empty when the job has moved. */
  Optional<Duration> step(ClaimedJob claimed, ClusterView view) {
    Job job = claimed.job();
    Optional<ClusterJob> listed = view.job(job.submissionId());
    // It may have been submitted after the list was made: asks for it by its id.
    Optional<ClusterJob> found = listed.isPresent() ? listed : cluster.job(job.submissionId());
    if (found.isEmpty()) {
      job.forgotten(claimed.now());
      claimed.store();
      return Optional.empty();
    }
    return switch (found.get().status()) {
      case PENDING -> living(claimed);
      case RUNNING -> running(claimed, found.get());
      case SUCCEEDED -> succeeded(claimed);
      case FAILED -> failed(claimed, found.get());
      case STOPPED -> stopped(claimed);
    };
  }

  private Optional<Duration> running(ClaimedJob claimed, ClusterJob seen) {
    Job job = claimed.job();
    if (job.status() == JobStatus.PENDING) {
      job.started(seen.startedAt().orElse(claimed.now()), claimed.now());
      claimed.store();
    }
    Optional<JobProgress> progress = outputs.progress(job);
    if (progress.isPresent() && !progress.equals(job.progress())) {
      job.made(progress.get());
      claimed.store();
    }
    return living(claimed);
  }

  /** Stops what is not wanted any more, as often as it takes. */
  private Optional<Duration> living(ClaimedJob claimed) {
    Job job = claimed.job();
    Instant now = claimed.now();
    boolean late = job.isOutOfTime(now);
    if (!job.isCancelRequested() && !late) {
      return Optional.of(settings.poll());
    }
    cluster.stop(job.submissionId());
    if (job.stopRequestedAt().isEmpty()) {
      job.stopRequested(now);
      claimed.store();
      return Optional.of(settings.poll());
    }
    // A submission that has not begun ignores the stop; should it begin later, the sweep stops it.
    boolean ignored =
        job.status() == JobStatus.PENDING
            && now.isAfter(job.stopRequestedAt().get().plus(settings.stopGrace()));
    if (!ignored) {
      return Optional.of(settings.poll());
    }
    return stopped(claimed);
  }

  private Optional<Duration> succeeded(ClaimedJob claimed) {
    Job job = claimed.job();
    keepLog(job);
    outputs.progress(job).ifPresent(job::made);
    try {
      Optional<JobResult> result = outputs.result(job);
      if (result.isPresent()) {
        if (isRegistered(job)) {
          job.trained(result.get(), claimed.now());
        } else {
          job.succeeded(result.get(), claimed.now());
        }
        claimed.store();
      } else {
        claimed.fail(JobFailure.RESULT_INVALID, "The code ended without a result.");
      }
    } catch (JobOutputs.ResultInvalid e) {
      claimed.fail(JobFailure.RESULT_INVALID, e.reason());
    }
    return Optional.empty();
  }

  private static boolean isRegistered(Job job) {
    return job.specification() instanceof JobSpecification.MakesModel making
        && making.registerModel().isPresent();
  }

  private Optional<Duration> failed(ClaimedJob claimed, ClusterJob seen) {
    Job job = claimed.job();
    if (seen.driverLost()) {
      return lost(claimed);
    }
    JobFailure why =
        outputs
            .failure(job)
            .orElseGet(
                () ->
                    new JobFailure(
                        JobFailure.TRAINING_FAILED,
                        "The training code ended"
                            + seen.exitStatus().map(s -> " with status " + s).orElse("")
                            + "; the job's log has the details."));
    if (why.code().equals(JobFailure.CLUSTER_LOST)) {
      return lost(claimed);
    }
    keepLog(job);
    outputs.progress(job).ifPresent(job::made);
    claimed.fail(why.code(), why.message());
    return Optional.empty();
  }

  /**
   * A head that is shutting down takes half a minute for it and would lose the next attempts as
   * well, so each attempt waits four times longer than the one before, up to a limit.
   */
  private Optional<Duration> lost(ClaimedJob claimed) {
    Job job = claimed.job();
    keepLog(job);
    job.forgotten(claimed.now());
    claimed.store();
    return Optional.of(settings.patience().multipliedBy(1L << (2 * Math.min(job.losses() - 1, 3))));
  }

  private Optional<Duration> stopped(ClaimedJob claimed) {
    Job job = claimed.job();
    keepLog(job);
    if (job.isCancelRequested()) {
      job.cancelled(claimed.now());
      claimed.store();
    } else if (job.isOutOfTime(claimed.now())) {
      claimed.fail(
          JobFailure.TIMEOUT,
          "The job did not end within its timeout of " + job.specification().timeout() + ".");
    } else {
      claimed.fail(JobFailure.STOPPED, "Somebody stopped the job in the cluster.");
    }
    return Optional.empty();
  }

  /** For people, as far as it works: an end is never held up by its log. */
  private void keepLog(Job job) {
    try {
      cluster.log(job.submissionId()).ifPresent(text -> outputs.keepLog(job, text));
    } catch (EngineFailure e) {
      log.warn("the log of {} was not kept: {}", job, e.toString());
    }
  }
}
