package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.Tenant;

/** Experiments and runs, kept by another service. Every method may throw {@link EngineFailure}. */
public interface ExperimentRuns {

  /** Whether an experiment can take a new run. Repeatable. */
  boolean exists(Tenant tenant, String submittedBy, String experimentId);

  /**
   * The run of a job: finds the one that was made for this job and attempt before, or makes it; in
   * the job's experiment, or in one that is called like the job. Repeatable.
   *
   * @throws EngineFailure.Refused when the experiment is not there
   */
  RunReference ensure(Job job);

  /**
   * Lets only the job's present attempt write to its run from now on. Repeatable.
   *
   * @return false when a later attempt was named before, or the run has ended: this attempt is over
   */
  boolean admitWriter(Job job);

  /** Ends the run; ended ones stay as they are. Repeatable. */
  void end(Tenant tenant, String submittedBy, RunReference run, RunOutcome outcome);

  /**
   * Ends the runs below a run that still count as running, as killed: whoever wrote to them is
   * gone. Repeatable.
   */
  void endBelow(Tenant tenant, String submittedBy, RunReference run);

  enum RunOutcome {
    FINISHED,
    FAILED,
    KILLED
  }
}
