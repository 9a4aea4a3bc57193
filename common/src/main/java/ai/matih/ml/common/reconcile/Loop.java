package ai.matih.ml.common.reconcile;

import ai.matih.ml.common.trace.Trace;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * One background loop: does a round of work when woken, and by interval in case a wake-up was lost.
 *
 * <p>While rounds find work they follow each other at once; a failed round waits before the next.
 */
public final class Loop implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Loop.class);
  private static final long NOTHING_DUE = Long.MAX_VALUE;
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(30);

  /** How long an orderly end lets a round go on before it interrupts it. */
  static final Duration GRACE = Duration.ofSeconds(2);

  private final String name;
  private final Duration interval;
  private final IntSupplier round;
  private final AtomicLong nextDue = new AtomicLong(NOTHING_DUE);
  private final Semaphore wake = new Semaphore(0);
  private volatile boolean running;
  private volatile @Nullable Thread thread;

  /**
   * @param round does what is due and says how many things it found to do
   */
  public Loop(String name, Duration interval, IntSupplier round) {
    this.name = name;
    this.interval = interval;
    this.round = round;
  }

  /** Starts a round soon; many wake-ups at once make one round. */
  public void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  /** Starts a round when {@code wait} is over, if none came before; for work that was postponed. */
  public void wakeAfter(Duration wait) {
    long due = System.nanoTime() + wait.toNanos();
    nextDue.accumulateAndGet(due, Math::min);
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofVirtual().name(name).start(this::run);
  }

  private void run() {
    int failures = 0;
    while (running) {
      Duration wait = interval;
      try {
        long now = System.nanoTime();
        nextDue.updateAndGet(due -> due <= now ? NOTHING_DUE : due);
        if (oneRound() > 0) {
          wait = Duration.ZERO;
        } else if (nextDue.get() != NOTHING_DUE) {
          wait = soonest(interval, Duration.ofNanos(nextDue.get() - System.nanoTime()));
        }
        failures = 0;
      } catch (RuntimeException e) {
        failures++;
        wait = Duration.ofMillis(Math.min(MAX_BACKOFF.toMillis(), 500L << Math.min(failures, 6)));
        if (running) {
          log.warn("{}: a round failed, next in {} ms", name, wait.toMillis(), e);
        }
      }
      try {
        if (!wait.isZero()) {
          boolean woken = wake.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
          if (woken) {
            wake.drainPermits();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Its calls are one trace. */
  private int oneRound() {
    try (Trace.Scope _ = Trace.begin().open()) {
      return round.getAsInt();
    }
  }

  private static Duration soonest(Duration interval, Duration due) {
    return due.isNegative() ? Duration.ZERO : due.compareTo(interval) < 0 ? due : interval;
  }

  /** Several loops end at the same time. */
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
    running = false;
    wake.release();
    Thread current = thread;
    try {
      if (current != null && !current.join(GRACE)) {
        current.interrupt();
        current.join(GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
