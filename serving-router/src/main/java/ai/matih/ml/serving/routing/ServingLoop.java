package ai.matih.ml.serving.routing;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.deployment.Deployments;
import ai.matih.ml.serving.deployment.ReconcileDeployments;
import ai.matih.ml.serving.routing.RouterStatus.Acknowledgement;
import ai.matih.ml.serving.routing.RouterStatus.DeploymentStatus;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heartbeat of one router: read what is wanted, follow it, report what is served, take
 * deployments a step on; then wait for a change or for the next beat. While the database is away it
 * follows the last plan it knew, from memory or from its disk.
 */
public final class ServingLoop {

  private static final Logger log = LoggerFactory.getLogger(ServingLoop.class);

  private final String id;
  private final Deployments deployments;
  private final TrafficDocuments traffic;
  private final Transactions transactions;
  private final FollowPlan follow;
  private final PlanFile file;
  private final RouterStatus status;
  private final PinnedCallers pins;
  private final ReconcileDeployments reconcile;
  private final Duration beat;
  private final Clock clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition signalled = lock.newCondition();
  private boolean signal;

  private @Nullable Plan known;
  private @Nullable Plan written;
  private List<Object> reported = List.of();
  private volatile @Nullable Instant staleSince;
  private volatile boolean caughtUp;
  private volatile boolean running;
  private @Nullable Thread thread;

  ServingLoop(
      String id,
      Deployments deployments,
      TrafficDocuments traffic,
      Transactions transactions,
      FollowPlan follow,
      PlanFile file,
      RouterStatus status,
      PinnedCallers pins,
      ReconcileDeployments reconcile,
      Duration beat,
      Clock clock) {
    this.id = id;
    this.deployments = deployments;
    this.traffic = traffic;
    this.transactions = transactions;
    this.follow = follow;
    this.file = file;
    this.status = status;
    this.pins = pins;
    this.reconcile = reconcile;
    this.beat = beat;
    this.clock = clock;
  }

  /** Asks for a pass now; from any thread, and never blocking. */
  public void wakeUp() {
    lock.lock();
    try {
      signal = true;
      signalled.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether this router served its whole plan at least once since it started. */
  public boolean isCaughtUp() {
    return caughtUp;
  }

  /** Since when the plan could not be refreshed; empty while it is fresh. */
  public Optional<Instant> staleSince() {
    return Optional.ofNullable(staleSince);
  }

  public String id() {
    return id;
  }

  void start() {
    running = true;
    thread = Thread.ofPlatform().name("serving-loop").daemon().start(this::run);
  }

  /**
   * Ends the loop, deregisters this router and closes the models once their last calls are
   * answered.
   */
  void stop() {
    running = false;
    wakeUp();
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
      status.deregister(id);
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
      await();
    }
  }

  private void await() {
    lock.lock();
    try {
      long left = beat.toNanos();
      while (!signal && left > 0) {
        left = signalled.awaitNanos(left);
      }
      signal = false;
    } catch (InterruptedException e) {
      running = false;
    } finally {
      lock.unlock();
    }
  }

  /** One pass; also called directly by tests. */
  void pass() {
    if (known == null) {
      startFromDisk();
    }
    Optional<Plan> fresh = read();
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
    remember(plan);
    try {
      report();
      if (reconcile.pass() > 0) {
        wakeUp();
      }
    } catch (RuntimeException e) {
      markStale(e);
    }
  }

  /** Begins to load what was served last, while the database is still being asked. */
  private void startFromDisk() {
    known = file.read().orElse(null);
    if (known != null) {
      follow.follow(known);
    }
  }

  private Optional<Plan> read() {
    try {
      Plan plan =
          TenantScope.acrossTenants(
              () -> transactions.call(() -> new Plan(deployments.held(), traffic.all())));
      if (staleSince != null) {
        log.info("the database is back");
        staleSince = null;
      }
      return Optional.of(plan);
    } catch (RuntimeException e) {
      markStale(e);
      return Optional.empty();
    }
  }

  private void markStale(RuntimeException cause) {
    if (staleSince == null) {
      staleSince = clock.instant();
      log.warn("the database is away, going on with what is known: {}", cause.toString());
    }
  }

  /** Keeps a plan for worse days, once all of it is loaded. */
  private void remember(Plan plan) {
    if (follow.isComplete() && !plan.equals(written)) {
      file.write(plan);
      written = plan;
    }
  }

  private void report() {
    // Callers first: nobody is named as one whose request is not in the report.
    Map<PinnedCallers.Pin, Instant> taken = pins.take();
    List<DeploymentStatus> statuses = follow.deploymentStatuses();
    List<Acknowledgement> acknowledgements = follow.acknowledgements();
    List<Object> significant = significant(statuses, acknowledgements);
    try {
      status.report(id, statuses, acknowledgements, taken, !significant.equals(reported));
    } catch (RuntimeException e) {
      pins.keep(taken);
      throw e;
    }
    reported = significant;
  }

  /** What the other routers and the reconciler wait for: all but the passing of time. */
  private static List<Object> significant(
      List<DeploymentStatus> statuses, List<Acknowledgement> acknowledgements) {
    List<Object> significant = new ArrayList<>(acknowledgements);
    for (DeploymentStatus status : statuses) {
      significant.add(List.of(status.deploymentId(), status.loadState(), status.inFlight() == 0));
    }
    return significant;
  }
}
