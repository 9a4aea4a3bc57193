package ai.matih.ml.serving.engine;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets so many calls into the engine at once and so many wait, for so long. Who does not get in is
 * told at once: a refused request costs less than a late one. Nobody passes those who wait, or some
 * would wait very long under load.
 */
public final class ScoringLimit {

  private final Semaphore places;
  private final int maxWaiting;
  private final Duration patience;
  private final AtomicInteger waiting = new AtomicInteger();

  public ScoringLimit(int places, int maxWaiting, Duration patience) {
    this.places = new Semaphore(places, true);
    this.maxWaiting = maxWaiting;
    this.patience = patience;
  }

  /** Takes a place if one is free now and nobody waits for it. */
  public boolean tryEnter() {
    // A semaphore's own tryAcquire passes those who wait, also a fair one's.
    return waiting.get() == 0 && places.tryAcquire();
  }

  /** Takes a place; false when there is none soon enough. */
  public boolean enter() {
    if (tryEnter()) {
      return true;
    }
    if (waiting.incrementAndGet() > maxWaiting) {
      waiting.decrementAndGet();
      return false;
    }
    try {
      return places.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting.decrementAndGet();
    }
  }

  public void leave() {
    places.release();
  }

  public int waiting() {
    return waiting.get();
  }
}
