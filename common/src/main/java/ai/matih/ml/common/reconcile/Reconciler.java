package ai.matih.ml.common.reconcile;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.trace.Trace;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Takes due rows of one table and does a step with each, on one replica at a time. A step is a
 * trace of its own.
 *
 * <p>A row whose step failed rests for a while and keeps nobody else waiting. An orderly end takes
 * nothing more, lets the steps end or interrupts them, and gives back what is held, so that another
 * replica goes on at once. After a crash another one goes on when the lease is over.
 */
public final class Reconciler implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private final String name;
  private final int atOnce;
  private final Duration retryAfter;
  private final Reconcilers reconcilers;
  private final Claims claims;
  private final Step step;
  private final Loop loop;
  private final Semaphore places;
  private final Set<Thread> steps = ConcurrentHashMap.newKeySet();

  Reconciler(ReconcilerBuilder plan, Claims claims, Step step) {
    this.name = plan.name;
    this.atOnce = plan.atOnce;
    this.retryAfter = plan.retryAfter;
    this.reconcilers = plan.reconcilers;
    this.claims = claims;
    this.step = step;
    this.loop = new Loop(name, plan.interval, this::round);
    this.places = new Semaphore(plan.atOnce);
  }

  /** Looks for due rows soon. */
  public void wake() {
    loop.wake();
  }

  /** Begins as many steps as there are places; does not wait for their end. */
  private int round() {
    int free = places.drainPermits();
    List<Claim> taken = List.of();
    try {
      taken = free == 0 ? List.of() : claims.take(free);
    } finally {
      places.release(free - taken.size());
    }
    for (Claim claim : taken) {
      Thread thread = Thread.ofVirtual().name(name).unstarted(() -> work(claim));
      steps.add(thread);
      thread.start();
    }
    return taken.size();
  }

  private void work(Claim claim) {
    try (Trace.Scope _ = Trace.begin().open()) {
      if (loop.isRunning()) {
        TenantScope.run(claim.tenant(), () -> work(new Held(claims, claim)));
      }
    } catch (RuntimeException e) {
      log.warn("{}: {} could not be given back yet: {}", name, claim.id(), e.toString());
    } finally {
      steps.remove(Thread.currentThread());
      places.release();
      loop.wake();
    }
  }

  private void work(Held row) {
    Duration rest;
    try {
      rest = step.take(row);
    } catch (ClaimOvertaken e) {
      log.info("{}: {}", name, e.getMessage());
      return;
    } catch (RuntimeException e) {
      if (!loop.isRunning()) {
        log.info("{}: the step of {} was interrupted: {}", name, row.claim().id(), e.toString());
        return;
      }
      log.warn("{}: the step of {} failed", name, row.claim().id(), e);
      rest = retryAfter;
    }
    if (rest.isZero()) {
      claims.release(row.claim());
    } else {
      claims.postpone(row.claim(), rest);
      loop.wakeAfter(rest);
    }
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public void stop(Runnable ended) {
    Thread.ofVirtual()
        .name(name + "-end")
        .start(
            () -> {
              stop();
              ended.run();
            });
  }

  @Override
  public void stop() {
    loop.stop();
    try {
      if (!places.tryAcquire(atOnce, Loop.GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        steps.forEach(Thread::interrupt);
        if (!places.tryAcquire(atOnce, Loop.GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
          log.warn("{}: a step does not end, its row is free when the lease is over", name);
          claims.forgetAll();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reconcilers.giveBack(claims);
  }

  @Override
  public boolean isRunning() {
    return loop.isRunning();
  }
}
