package ai.matih.ml.common.limit;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Counts requests against rates, with bursts of twice as many. Each process counts for itself.
 *
 * @param <W> who or what is limited
 */
public final class RequestLimits<W> {

  private static final int SWEEP_ABOVE = 10_000;

  private final LongSupplier nanoTime;
  private final Map<W, TokenBucket> buckets = new ConcurrentHashMap<>();

  public RequestLimits(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Counts one request.
   *
   * @param refusal what is said to one too many
   * @throws Problem 429 with the wait
   */
  public void count(W who, double perSecond, String refusal) {
    long now = nanoTime.getAsLong();
    if (buckets.size() > SWEEP_ABOVE) {
      buckets.values().removeIf(bucket -> bucket.isIdle(now));
    }
    TokenBucket bucket = buckets.get(who);
    if (bucket == null) {
      bucket =
          buckets.computeIfAbsent(
              who, _ -> new TokenBucket(perSecond, Math.max(1, 2 * perSecond), now));
    }
    Duration wait = bucket.take(now);
    if (!wait.isZero()) {
      throw new Problem(CommonError.RATE_LIMITED, refusal)
          .with("limit_per_second", perSecond)
          .retryAfter(wait);
    }
  }
}
