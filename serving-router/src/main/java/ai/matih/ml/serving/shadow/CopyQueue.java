package ai.matih.ml.serving.shadow;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Copies that wait for one shadow. Bounded in number and in values, since a copy may have many rows
 * and long texts, and with those of all shadows together; whoever adds never waits.
 */
final class CopyQueue {

  private final ArrayBlockingQueue<Copy> waiting;
  private final Room own;
  private final Room ofAll;
  private volatile boolean closed;

  /**
   * @param ofAll what the copies of all shadows may hold together
   */
  CopyQueue(int most, long mostValues, Room ofAll) {
    this.waiting = new ArrayBlockingQueue<>(most);
    this.own = new Room(mostValues);
    this.ofAll = ofAll;
  }

  /** False when there is no place for it. */
  boolean offer(Copy copy) {
    if (closed || !own.take(copy.size())) {
      return false;
    }
    if (!ofAll.take(copy.size())) {
      own.giveBack(copy.size());
      return false;
    }
    if (!waiting.offer(copy)) {
      giveBack(copy);
      return false;
    }
    if (closed) {
      forgetAll();
    }
    return true;
  }

  /** The oldest, as soon as there is one; null when none came for a while. */
  @Nullable Copy take(long millis) throws InterruptedException {
    Copy copy = waiting.poll(millis, TimeUnit.MILLISECONDS);
    if (copy != null) {
      giveBack(copy);
    }
    return copy;
  }

  /** Takes no more, and forgets what waits. */
  void close() {
    closed = true;
    forgetAll();
  }

  private void forgetAll() {
    for (Copy copy = waiting.poll(); copy != null; copy = waiting.poll()) {
      giveBack(copy);
    }
  }

  private void giveBack(Copy copy) {
    own.giveBack(copy.size());
    ofAll.giveBack(copy.size());
  }

  int size() {
    return waiting.size();
  }
}
