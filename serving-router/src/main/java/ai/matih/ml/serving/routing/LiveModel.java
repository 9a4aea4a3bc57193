package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A loaded model with its users counted. It is closed when it was retired and the last user has
 * left, never earlier, and nobody can enter after that.
 */
final class LiveModel {

  private final ScoringModel model;
  private final ScoringLimit limit;
  private final boolean quick;

  /** Users, and one more for the router itself until it retires the model. Zero is final. */
  private final AtomicInteger holders = new AtomicInteger(1);

  private final AtomicBoolean retired = new AtomicBoolean();
  private volatile long lastEnteredMillis;

  /**
   * @param quick whether a row takes so little that nobody is kept waiting by it
   */
  LiveModel(ScoringModel model, ScoringLimit limit, boolean quick) {
    this.model = model;
    this.limit = limit;
    this.quick = quick;
  }

  ScoringModel model() {
    return model;
  }

  boolean isQuick() {
    return quick;
  }

  /** The places of the model's engine. */
  ScoringLimit limit() {
    return limit;
  }

  /** Takes a place; false when the model is closed already. */
  boolean enter() {
    int count = holders.get();
    while (count > 0) {
      if (holders.compareAndSet(count, count + 1)) {
        return true;
      }
      count = holders.get();
    }
    return false;
  }

  /** Notes that a request is served; kept apart from entering, which may be taken back. */
  void used(long nowMillis) {
    lastEnteredMillis = nowMillis;
  }

  void leave() {
    if (holders.decrementAndGet() == 0) {
      model.close();
    }
  }

  /** Gives the router's own place up. Repeatable. */
  void retire() {
    if (retired.compareAndSet(false, true)) {
      leave();
    }
  }

  boolean isRetired() {
    return retired.get();
  }

  int inFlight() {
    return Math.max(0, holders.get() - (retired.get() ? 0 : 1));
  }

  /** When a request last entered, in epoch milliseconds; 0 for never. */
  long lastEnteredMillis() {
    return lastEnteredMillis;
  }
}
