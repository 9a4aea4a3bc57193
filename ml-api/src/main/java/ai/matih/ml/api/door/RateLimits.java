package ai.matih.ml.api.door;

import ai.matih.ml.common.limit.RequestLimits;
import ai.matih.ml.common.tenant.Tenant;
import java.util.function.LongSupplier;

/** How often a key, a tenant and an address may ask. Each replica of the door counts for itself. */
final class RateLimits {

  private record Who(String kind, String name, Route.Lane lane) {}

  private final DoorSettings.Limits limits;
  private final RequestLimits<Who> requests;

  RateLimits(DoorSettings.Limits limits, LongSupplier nanoTime) {
    this.limits = limits;
    this.requests = new RequestLimits<>(nanoTime);
  }

  /**
   * Counts one request.
   *
   * @throws ai.matih.ml.common.problem.Problem 429 with the wait when the key or the tenant has
   *     asked too often
   */
  void count(Tenant tenant, String key, Route.Lane lane) {
    boolean inference = lane == Route.Lane.INFERENCE;
    requests.count(
        new Who("key", key, lane),
        inference ? limits.inferencePerKey() : limits.managementPerKey(),
        "This key asks too often.");
    requests.count(
        new Who("tenant", tenant.slug(), lane),
        inference ? limits.inferencePerTenant() : limits.managementPerTenant(),
        "This tenant asks too often.");
  }

  /** Counts a call whose credentials were wrong, so that guessing is slow and cheap to refuse. */
  void countFailedLogin(String address) {
    requests.count(
        new Who("address", address, Route.Lane.MANAGEMENT),
        limits.failedLogins(),
        "Too many calls with wrong credentials from this address.");
  }
}
