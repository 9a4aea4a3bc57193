package ai.matih.ml.api.mlflow;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.experiment.ExperimentId;
import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.Run;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.RunWriters;
import ai.matih.ml.api.experiment.Tags;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;

/**
 * Keeps code in a training job to its own run, the runs below it and their models, and only while
 * its attempt is the current one.
 */
final class JobFence {

  private static final int MAX_KNOWN = 20_000;
  private static final int MAX_DEPTH = 4;

  private final RunWriters writers;
  private final ExperimentTracker tracker;

  /** Facts that never change once true: which run or model lies below which job's run. */
  private final Cache<String, Boolean> known = Caffeine.newBuilder().maximumSize(MAX_KNOWN).build();

  JobFence(RunWriters writers, ExperimentTracker tracker) {
    this.writers = writers;
    this.tracker = tracker;
  }

  /**
   * @throws Problem 409 when another attempt is current or none was announced
   */
  void requireCurrent(Caller.Job job) {
    Optional<RunWriters.Writer> writer = RunId.parse(job.runId()).flatMap(writers::of);
    boolean current =
        writer
            .filter(w -> w.jobId().equals(job.jobId()) && w.attempt() == job.attempt())
            .isPresent();
    if (!current) {
      Problem problem =
          new Problem(
                  ApiError.STALE_WRITER,
                  "Attempt " + job.attempt() + " of the job does not write to its run any more.")
              .with("attempt", job.attempt());
      writer.ifPresent(w -> problem.with("current_attempt", w.attempt()));
      throw problem;
    }
  }

  /** The job's own run or one below it. */
  void requireOwn(Caller.Job job, RunId run) {
    if (!isOwn(job, run, 0)) {
      throw notOwn();
    }
  }

  void requireOwnExperiment(Caller.Job job, ExperimentId experiment) {
    if (!ownRun(job).experimentId().equals(experiment)) {
      throw notOwn();
    }
  }

  void requireOwnModel(Caller.Job job, String modelId) {
    String fact = job.runId() + '/' + modelId;
    if (known.getIfPresent(fact) != null) {
      return;
    }
    RunId source =
        tracker
            .loggedModel(modelId)
            .flatMap(ExperimentTracker.LoggedModel::sourceRun)
            .orElseThrow(JobFence::notOwn);
    requireOwn(job, source);
    known.put(fact, true);
  }

  Run ownRun(Caller.Job job) {
    return RunId.parse(job.runId()).flatMap(tracker::run).orElseThrow(JobFence::notOwn);
  }

  private boolean isOwn(Caller.Job job, RunId run, int depth) {
    if (run.value().equals(job.runId())) {
      return true;
    }
    String fact = job.runId() + '/' + run;
    if (known.getIfPresent(fact) != null) {
      return true;
    }
    boolean below =
        depth < MAX_DEPTH
            && tracker
                .run(run)
                .map(found -> found.tags().get(Tags.PARENT))
                .flatMap(RunId::parse)
                .filter(parent -> isOwn(job, parent, depth + 1))
                .isPresent();
    if (below) {
      known.put(fact, true);
    }
    return below;
  }

  private static Problem notOwn() {
    return new Problem(
        CommonError.FORBIDDEN,
        "A job reaches only its own run, the runs below it and their models.");
  }
}
