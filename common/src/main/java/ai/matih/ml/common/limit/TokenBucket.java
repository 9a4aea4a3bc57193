package ai.matih.ml.common.limit;

import java.time.Duration;

/** Allows a steady rate with bursts; time is given by the caller, in nanoseconds. */
final class TokenBucket {

  private final double perNano;
  private final double capacity;
  private double tokens;
  private long filledAt;

  TokenBucket(double perSecond, double burst, long now) {
    this.perNano = perSecond / 1e9;
    this.capacity = burst;
    this.tokens = burst;
    this.filledAt = now;
  }

  /** Zero when one request may pass now, else how long until the next may. */
  synchronized Duration take(long now) {
    tokens = Math.min(capacity, tokens + Math.max(0, now - filledAt) * perNano);
    filledAt = Math.max(filledAt, now);
    if (tokens >= 1) {
      tokens -= 1;
      return Duration.ZERO;
    }
    return Duration.ofNanos((long) Math.ceil((1 - tokens) / perNano));
  }

  /** Full again: forgetting it changes nothing. */
  synchronized boolean isIdle(long now) {
    return tokens + (now - filledAt) * perNano >= capacity;
  }
}
