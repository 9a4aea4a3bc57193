package ai.matih.ml.serving.shadow;

import java.util.concurrent.atomic.AtomicLong;

/** So many values may be held; whoever finds no room never waits for it. */
final class Room {

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  Room(long most) {
    this.most = most;
  }

  /** False, and nothing is taken, when there is not enough. */
  boolean take(long values) {
    if (taken.addAndGet(values) <= most) {
      return true;
    }
    giveBack(values);
    return false;
  }

  void giveBack(long values) {
    taken.addAndGet(-values);
  }
}
