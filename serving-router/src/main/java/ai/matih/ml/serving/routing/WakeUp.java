package ai.matih.ml.serving.routing;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes the serving loop from any thread; many wake-ups before the next pass are one. */
final class WakeUp {

  private final Semaphore signals = new Semaphore(0);

  /** Asks for a pass now; never blocks. */
  void wake() {
    signals.release();
  }

  /** Waits for a wake-up, at most so long. */
  void await(Duration atMost) throws InterruptedException {
    if (signals.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
      signals.drainPermits();
    }
  }
}
