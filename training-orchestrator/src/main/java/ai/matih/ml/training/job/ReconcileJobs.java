package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.reconcile.Claim;
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
 * Moves every living job to its next state, one claimed job at a time: prepares it, hands it over,
 * follows it, and starts a new attempt when the cluster forgot it.
 *
 * <p>It may die between any two lines: the next look starts from what is stored and from what the
 * cluster says, and does nothing twice.
 */
public final class ReconcileJobs {

  private static final Logger log = LoggerFactory.getLogger(ReconcileJobs.class);
  private static final Set<String> CLUSTERS = Set.of("ray", "kubernetes");
  private static final int JOBS_PER_ROUND = 8;
  private static final int STEPS_PER_LOOK = 8;

  private final Jobs jobs;
  private final TrainingCluster cluster;
  private final PrepareJob prepare;
  private final HandOver handOver;
  private final WatchJob watch;
  private final JobSettings settings;
  private final Clock clock;

  ReconcileJobs(
      Jobs jobs,
      TrainingCluster cluster,
      PrepareJob prepare,
      HandOver handOver,
      WatchJob watch,
      JobSettings settings,
      Clock clock) {
    this.jobs = jobs;
    this.cluster = cluster;
    this.prepare = prepare;
    this.handOver = handOver;
    this.watch = watch;
    this.settings = settings;
    this.clock = clock;
  }

  /** Looks at the jobs that are due; returns how many. */
  public int round() {
    List<Claim> claims = jobs.claim(JOBS_PER_ROUND, settings.lease());
    ClusterView view = new ClusterView(cluster);
    for (Claim claim : claims) {
      TenantScope.run(claim.tenant(), () -> look(claim, view));
    }
    return claims.size();
  }

  private void look(Claim claim, ClusterView view) {
    Optional<Job> job = jobs.claimed(claim);
    if (job.isEmpty()) {
      return;
    }
    Claimed claimed = new Claimed(jobs, claim, job.get(), settings.lease(), clock);
    try {
      jobs.release(claim, steps(claimed, view));
    } catch (Claimed.Overtaken e) {
      log.info("{}", e.getMessage());
    } catch (RuntimeException e) {
      // One broken job must not keep the others from being looked at.
      log.error("{} could not be looked at", job.get(), e);
      jobs.release(claim, settings.patience());
    }
  }

  private Duration steps(Claimed claimed, ClusterView view) {
    try {
      Duration wait = walk(claimed, view);
      if (claimed.job().reachedAgain()) {
        claimed.store();
      }
      return wait;
    } catch (EngineFailure e) {
      log.warn("{} waits: {}", claimed.job(), e.toString());
      note(
          claimed,
          CLUSTERS.contains(e.engine())
              ? JobCondition.Type.CLUSTER_REACHABLE
              : JobCondition.Type.NEIGHBOURS_REACHABLE,
          JobCondition.Reason.ENGINE_UNAVAILABLE,
          e.engine()
              + " is away or misbehaves; tried again every "
              + settings.patience().toSeconds()
              + " seconds.");
      return settings.patience();
    } catch (ClusterNotSafe e) {
      log.error("{} waits: {}", claimed.job(), e.getMessage());
      note(
          claimed,
          JobCondition.Type.CLUSTER_REACHABLE,
          JobCondition.Reason.CLUSTER_NOT_SAFE,
          "The cluster lets callers without a token in and is not used; its operator has to change that.");
      return settings.patience();
    }
  }

  private Duration walk(Claimed claimed, ClusterView view) {
    for (int i = 0; i < STEPS_PER_LOOK; i++) {
      Optional<Duration> wait = step(claimed, view);
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

  private static void note(
      Claimed claimed, JobCondition.Type type, JobCondition.Reason reason, String message) {
    claimed.job().condition(type, false, reason, message, claimed.now());
    claimed.store();
  }

  private Optional<Duration> step(Claimed claimed, ClusterView view) {
    return switch (claimed.job().status()) {
      case QUEUED -> prepare.step(claimed);
      case SUBMITTING, UNKNOWN -> handOver.step(claimed);
      case PENDING, RUNNING -> watch.step(claimed, view);
      case LOST -> again(claimed);
      case SUCCEEDED, FAILED, CANCELLED -> Optional.of(Duration.ZERO);
    };
  }

  private Optional<Duration> again(Claimed claimed) {
    Job job = claimed.job();
    if (job.isCancelRequested()) {
      job.cancelled(claimed.now());
      claimed.store();
    } else if (job.isOutOfTime(claimed.now())) {
      claimed.fail(
          JobFailure.TIMEOUT,
          "The job did not end within its timeout of " + job.specification().timeout() + ".");
    } else if (job.losses() > settings.maxLosses()) {
      claimed.fail(
          JobFailure.LOST_TOO_OFTEN, "The cluster forgot the job " + job.losses() + " times.");
    } else {
      job.retriedAfterLoss(claimed.now());
      claimed.store();
    }
    return Optional.empty();
  }
}
