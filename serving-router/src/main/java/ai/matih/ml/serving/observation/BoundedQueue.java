package ai.matih.ml.serving.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Holds observations between a caller's path, which never waits for it, and the work on them.
 * Bounded: when it is full the newest are dropped and counted. What is in it when the process
 * crashes is lost.
 */
public final class BoundedQueue<T> {

  private final ArrayBlockingQueue<T> waiting;
  private final LongAdder dropped = new LongAdder();

  public BoundedQueue(int capacity) {
    this.waiting = new ArrayBlockingQueue<>(capacity);
  }

  public void add(T observation) {
    if (!waiting.offer(observation)) {
      dropped.increment();
    }
  }

  /** Takes out the oldest. */
  public List<T> take(int limit) {
    List<T> taken = new ArrayList<>();
    waiting.drainTo(taken, limit);
    return taken;
  }

  public int waiting() {
    return waiting.size();
  }

  /** How many found no place since the start. */
  public long dropped() {
    return dropped.sum();
  }
}
