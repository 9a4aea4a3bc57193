package ai.matih.ml.training.job;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.reconcile.Claim;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The jobs of the tenant in scope.
 *
 * <p>Each write is one transaction with its audit row and the events of an end, and wakes those who
 * watch.
 */
public interface Jobs {

  Optional<Job> find(JobId id);

  /**
   * @param revision grows with every change
   */
  record Revised(Job job, long revision) {}

  Optional<Revised> findRevised(JobId id);

  /** Adds a job, or finds the one that has its id already. */
  Job add(Job job);

  /**
   * Changes a job for a person, against whatever else happens to it, and asks for its next step.
   *
   * @param action for the audit trail
   */
  Optional<Job> change(JobId id, String action, Consumer<Job> change);

  Page<Job> list(Optional<JobStatus> status, Optional<String> name, PageRequest page);

  /**
   * Claims jobs of any tenant whose next step is due; each stays claimed until its release. Jobs
   * that register are claimed by the reconciler of {@link RegisterVersion}.
   */
  List<Claim> claim(int max);

  /** The claimed job, unless another replica has claimed it since. */
  Optional<Job> claimed(Claim claim);

  /**
   * Stores a claimed job.
   *
   * @return false when another replica has claimed it since; nothing was stored
   */
  boolean store(Claim claim, Job job);

  /** Ends the claim; the job's next step is due after the wait. */
  void release(Claim claim, Duration wait);
}
