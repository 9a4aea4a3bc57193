package ai.matih.ml.api.door;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** How often a key, a tenant and an address may ask. Each replica of the door counts for itself. */
final class RateLimits {

  private static final int SWEEP_ABOVE = 10_000;

  private record Who(String kind, String name, Route.Lane lane) {}

  private final DoorSettings.Limits limits;
  private final LongSupplier nanoTime;
  private final Map<Who, TokenBucket> buckets = new ConcurrentHashMap<>();

  RateLimits(DoorSettings.Limits limits, LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
  }

  /**
   * Counts one request.
   *
   * @throws Problem 429 with the wait when the key or the tenant has asked too often
   */
  void count(Tenant tenant, String key, Route.Lane lane) {
    boolean inference = lane == Route.Lane.INFERENCE;
    take(
        new Who("key", key, lane),
        inference ? limits.inferencePerKey() : limits.managementPerKey(),
        "This key asks too often.");
    take(
        new Who("tenant", tenant.slug(), lane),
        inference ? limits.inferencePerTenant() : limits.managementPerTenant(),
        "This tenant asks too often.");
  }

  /** Counts a call whose credentials were wrong, so that guessing is slow and cheap to refuse. */
  void countFailedLogin(String address) {
    take(
        new Who("address", address, Route.Lane.MANAGEMENT),
        limits.failedLogins(),
        "Too many calls with wrong credentials from this address.");
  }

  private void take(Who who, double perSecond, String refusal) {
    long now = nanoTime.getAsLong();
    if (buckets.size() > SWEEP_ABOVE) {
      buckets.values().removeIf(bucket -> bucket.isIdle(now));
    }
    Duration wait =
        buckets
            .computeIfAbsent(who, w -> new TokenBucket(perSecond, Math.max(1, 2 * perSecond), now))
            .take(now);
    if (!wait.isZero()) {
      throw new Problem(CommonError.RATE_LIMITED, refusal)
          .with("limit_per_second", perSecond)
          .retryAfter(wait);
    }
  }
}
