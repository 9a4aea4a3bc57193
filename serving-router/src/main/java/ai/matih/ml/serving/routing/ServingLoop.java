package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.deployment.ReconcileDeployments;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heartbeat of one router: read what is wanted, follow it, report what is served, take
 * deployments a step on; then wait for a change or for the next beat. While the database is away it
 * follows the last plan it knew.
 */
final class ServingLoop {

  private static final Logger log = LoggerFactory.getLogger(ServingLoop.class);

  private final KnownPlan plans;
  private final FollowPlan follow;
  private final ReportStatus status;
  private final ReconcileDeployments reconcile;
  private final WakeUp wakeUp;
  private final Duration beat;

  private @Nullable Plan known;
  private volatile boolean caughtUp;
  private volatile boolean running;
  private @Nullable Thread thread;

  ServingLoop(
      KnownPlan plans,
      FollowPlan follow,
      ReportStatus status,
      ReconcileDeployments reconcile,
      WakeUp wakeUp,
      RoutingSettings settings) {
    this.plans = plans;
    this.follow = follow;
    this.status = status;
    this.reconcile = reconcile;
    this.wakeUp = wakeUp;
    this.beat = settings.beat();
  }

  /** Whether this router served its whole plan at least once since it started. */
  boolean isCaughtUp() {
    return caughtUp;
  }

  void start() {
    running = true;
    thread = Thread.ofPlatform().name("serving-loop").daemon().start(this::run);
  }

  /**
   * Ends the loop, closes the models once their last calls are answered, and deregisters this
   * router.
   */
  void stop() {
    running = false;
    wakeUp.wake();
    Thread ending = thread;
    if (ending != null) {
      try {
        ending.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    follow.close();
    try {
      status.deregister();
    } catch (RuntimeException e) {
      log.info(
          "the database is away; this router stays on its list until its heartbeat is overdue");
    }
  }

  private void run() {
    while (running) {
      try {
        pass();
      } catch (RuntimeException e) {
        log.error("a pass broke; the next one tries again", e);
      }
      try {
        wakeUp.await(beat);
      } catch (InterruptedException e) {
        running = false;
      }
    }
  }

  /** One pass; also called directly by tests. */
  void pass() {
    if (known == null) {
      // Begins to load what was served last, while the database is still being asked.
      known = plans.onDisk().orElse(null);
      if (known != null) {
        follow.follow(known);
      }
    }
    Optional<Plan> fresh = plans.read();
    fresh.ifPresent(plan -> known = plan);
    Plan plan = known;
    if (plan == null) {
      return;
    }
    follow.follow(plan);
    caughtUp |= follow.isComplete();
    if (fresh.isEmpty()) {
      return;
    }
    if (follow.isComplete()) {
      plans.keep(plan);
    }
    try {
      status.report();
      if (reconcile.pass() > 0) {
        wakeUp.wake();
      }
    } catch (RuntimeException e) {
      plans.markStale(e);
    }
  }
}
