package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.problem.Problem;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Threads for what would hold up the threads that read: signatures, large bodies, models that take
 * long, features from elsewhere. So many at once; how many compute at once is the engines' limit.
 */
final class Workers implements AutoCloseable {

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("data-plane-", 0).factory());
  private final Semaphore places;
  private final int most;

  Workers(int most) {
    this.most = most;
    this.places = new Semaphore(most);
  }

  /**
   * False when all are taken; then nothing is run.
   *
   * @param after runs once the place is free again, however the work ended: the same request may
   *     want a second place, and the caller's next request a place of its own
   */
  boolean tryRun(Runnable work, Runnable after) {
    if (!places.tryAcquire()) {
      return false;
    }
    threads.execute(
        () -> {
          try {
            work.run();
          } finally {
            places.release();
            after.run();
          }
        });
    return true;
  }

  /**
   * Works on the thread that asks, which may wait too, in one of the same places.
   *
   * @throws Problem when all are taken
   */
  <T> T runHere(Supplier<T> work) {
    if (!places.tryAcquire()) {
      throw Problem.overloaded();
    }
    try {
      return work.get();
    } finally {
      places.release();
    }
  }

  int busy() {
    return most - places.availablePermits();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
