package ai.matih.ml.training.job;

import ai.matih.ml.training.cluster.SubmissionId;

/** What the jobs of all tenants together take of the cluster. */
public interface JobDemand {

  /**
   * Resources of jobs.
   *
   * @param waiting jobs among them that wait for room
   */
  record Demand(double cpus, double gpus, long memoryBytes, int waiting) {}

  /** What jobs in the cluster take, and how many jobs wait. */
  Demand all();

  /** What jobs in the cluster take together with those that wait before this one. */
  Demand before(Job job);

  /** What waits before a job that would be submitted now. */
  Demand waitingBefore(int priority);

  /** Whether a submission is the current attempt of a living job. */
  boolean isCurrent(SubmissionId submission);

  /** Names this installation, so that it knows its own submissions in a shared cluster. */
  String installation();
}
