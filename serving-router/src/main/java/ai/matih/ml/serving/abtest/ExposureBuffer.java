package ai.matih.ml.serving.abtest;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Holds exposures between a caller's path, which never waits for it, and the database. Bounded:
 * when it is full the newest are lost and counted as lost.
 */
public final class ExposureBuffer {

  private final ArrayBlockingQueue<Exposure> waiting;
  private final LongAdder lost = new LongAdder();

  public ExposureBuffer(int capacity) {
    this.waiting = new ArrayBlockingQueue<>(capacity);
  }

  public void add(Exposure exposure) {
    if (!waiting.offer(exposure)) {
      lost.increment();
    }
  }

  /** Takes out the oldest. */
  List<Exposure> take(int limit) {
    List<Exposure> taken = new ArrayList<>();
    waiting.drainTo(taken, limit);
    return taken;
  }

  public int waiting() {
    return waiting.size();
  }

  /** How many found no place since the start. */
  public long lost() {
    return lost.sum();
  }
}
