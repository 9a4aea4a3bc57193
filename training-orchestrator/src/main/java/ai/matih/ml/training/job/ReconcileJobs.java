package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.ClaimOvertaken;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.training.cluster.ClusterNotSafe;
import ai.matih.ml.training.cluster.TrainingCluster;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves every living job to its next state, one claimed job at a time.
 *
 * <p>It may be killed between any two lines: the next round starts from what is stored and from
 * what the cluster answers, and does nothing twice.
 */
public final class ReconcileJobs {

  private static final Logger log = LoggerFactory.getLogger(ReconcileJobs.class);
  private static final Set<String> CLUSTERS = Set.of("ray", "kubernetes");
  private static final int JOBS_PER_ROUND = 8;
  private static final int STEPS_PER_JOB = 8;

  private final Jobs jobs;
  private final TrainingCluster cluster;
  private final JobSteps steps;
  private final JobSettings settings;
  private final Clock clock;

  ReconcileJobs(
      Jobs jobs, TrainingCluster cluster, JobSteps steps, JobSettings settings, Clock clock) {
    this.jobs = jobs;
    this.cluster = cluster;
    this.steps = steps;
    this.settings = settings;
    this.clock = clock;
  }

  /** Takes the steps of the jobs that are due; returns how many jobs. */
  public int round() {
    List<Claim> claims = jobs.claim(JOBS_PER_ROUND);
    ClusterView view = new ClusterView(cluster);
    for (Claim claim : claims) {
      if (Thread.currentThread().isInterrupted()) {
        // The service stops; it gives back what is claimed.
        break;
      }
      TenantScope.run(claim.tenant(), () -> reconcile(claim, view));
    }
    return claims.size();
  }

  private void reconcile(Claim claim, ClusterView view) {
    Optional<Job> job = jobs.claimed(claim);
    if (job.isEmpty()) {
      jobs.release(claim, Duration.ZERO);
      return;
    }
    ClaimedJob claimed = new ClaimedJob(jobs, claim, job.get(), clock);
    try {
      jobs.release(claim, advance(claimed, view));
    } catch (ClaimOvertaken e) {
      log.info("{}", e.getMessage());
      jobs.release(claim, Duration.ZERO);
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        log.info("the step of {} was interrupted: {}", job.get(), e.toString());
        return;
      }
      // One broken job must not keep the others from their steps.
      log.error("{} could not be reconciled", job.get(), e);
      jobs.release(claim, settings.patience());
    }
  }

  /** Takes steps until the job has to wait; returns for how long. */
  private Duration advance(ClaimedJob claimed, ClusterView view) {
    try {
      Duration wait = takeSteps(claimed, view);
      if (claimed.job().reachedAgain()) {
        claimed.store();
      }
      return wait;
    } catch (EngineFailure e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      log.warn("{} waits: {}", claimed.job(), e.toString());
      claimed.doesNotAnswer(
          CLUSTERS.contains(e.engine())
              ? JobCondition.Type.CLUSTER_REACHABLE
              : JobCondition.Type.NEIGHBOURS_REACHABLE,
          e.engine(),
          settings.patience());
      return settings.patience();
    } catch (ClusterNotSafe e) {
      log.error("{} waits: {}", claimed.job(), e.getMessage());
      claimed
          .job()
          .condition(
              JobCondition.Type.CLUSTER_REACHABLE,
              false,
              JobCondition.Reason.CLUSTER_NOT_SAFE,
              "The cluster accepts callers without a token and is not used; its operator has to change that.",
              claimed.now());
      claimed.store();
      return settings.patience();
    }
  }

  private Duration takeSteps(ClaimedJob claimed, ClusterView view) {
    for (int i = 0; i < STEPS_PER_JOB; i++) {
      Optional<Duration> wait = steps.next(claimed, view);
      if (wait.isPresent()) {
        return wait.get();
      }
      if (claimed.job().status().isTerminal()) {
        log.info("{} has ended", claimed.job());
        return Duration.ZERO;
      }
    }
    return settings.poll();
  }
}
