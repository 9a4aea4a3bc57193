package ai.matih.ml.serving.shadow;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Copies that wait for one shadow. Bounded in number and in values, since a copy may have many
 * rows; whoever adds never waits.
 */
final class CopyQueue {

  private final ArrayBlockingQueue<Copy> waiting;
  private final AtomicLong values = new AtomicLong();
  private final long mostValues;

  CopyQueue(int most, long mostValues) {
    this.waiting = new ArrayBlockingQueue<>(most);
    this.mostValues = mostValues;
  }

  /** False when there is no place for it. */
  boolean offer(Copy copy) {
    if (values.addAndGet(copy.size()) <= mostValues && waiting.offer(copy)) {
      return true;
    }
    values.addAndGet(-copy.size());
    return false;
  }

  /** The oldest, as soon as there is one; null when none came for a while. */
  @Nullable Copy take(long millis) throws InterruptedException {
    Copy copy = waiting.poll(millis, TimeUnit.MILLISECONDS);
    if (copy != null) {
      values.addAndGet(-copy.size());
    }
    return copy;
  }

  int size() {
    return waiting.size();
  }
}
