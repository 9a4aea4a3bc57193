package ai.matih.ml.serving.shadow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who computes in this process, few at once. Next is the shadow that has computed for the shortest
 * time so far, so that a slow one takes no more of the time than a quick one.
 */
final class Turns {

  /** What one shadow has had. */
  static final class Had {
    private long nanos;
  }

  private final List<Had> waiting = new ArrayList<>();
  private int free;

  /** What the one had that began last: whoever comes later is not owed more than it. */
  private long nanos;

  Turns(int places) {
    this.free = places;
  }

  /** Returns when it is this one's turn; it has to give its place back. */
  synchronized void take(Had mine) throws InterruptedException {
    mine.nanos = Math.max(mine.nanos, nanos);
    waiting.add(mine);
    try {
      while (free == 0 || next() != mine) {
        wait();
      }
      free--;
      nanos = mine.nanos;
    } finally {
      waiting.remove(mine);
      notifyAll();
    }
  }

  /** The first to come of those that had the least. */
  private Had next() {
    return waiting.stream().min(Comparator.comparingLong(had -> had.nanos)).orElseThrow();
  }

  /**
   * @param took how long it computed, in nanoseconds
   */
  synchronized void giveBack(Had mine, long took) {
    mine.nanos += took;
    free++;
    notifyAll();
  }

  synchronized int waiting() {
    return waiting.size();
  }
}
