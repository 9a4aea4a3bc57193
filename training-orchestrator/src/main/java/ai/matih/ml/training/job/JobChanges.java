package ai.matih.ml.training.job;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes waiting requests when some job has changed, on any replica. */
public final class JobChanges {

  /** The signal's topic. */
  public static final String TOPIC = "jobs.changed";

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long count;

  /** Some job has changed. */
  public void wake() {
    lock.lock();
    try {
      count++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A mark to wait from: take it before reading what is waited for. */
  public long mark() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a change after the mark.
   *
   * @return false when none came in time
   */
  public boolean await(long mark, Duration longest) throws InterruptedException {
    long left = longest.toNanos();
    lock.lockInterruptibly();
    try {
      while (count == mark) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
