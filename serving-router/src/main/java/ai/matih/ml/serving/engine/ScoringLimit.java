package ai.matih.ml.serving.engine;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets so many calls into the engine at once and so many wait, for so long. Who does not get in is
 * told at once: a refused request costs less than a late one.
 */
public final class ScoringLimit {

  private final Semaphore places;
  private final int maxWaiting;
  private final Duration patience;
  private final AtomicInteger waiting = new AtomicInteger();

  public ScoringLimit(int places, int maxWaiting, Duration patience) {
    this.places = new Semaphore(places);
    this.maxWaiting = maxWaiting;
    this.patience = patience;
  }

  /** Takes a place if one is free now. */
  public boolean tryEnter() {
    return places.tryAcquire();
  }

  /** Takes a place; false when there is none soon enough. */
  public boolean enter() {
    if (places.tryAcquire()) {
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
