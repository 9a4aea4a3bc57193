package ai.matih.ml.api.access;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.tenant.Tenant;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Stored keys. Except for {@link #byHash} and {@link #used}, only those of the tenant in scope. */
public interface ApiKeys {

  /** The store cannot be asked now. */
  final class StoreAway extends RuntimeException {
    public StoreAway(Throwable cause) {
      super(cause);
    }
  }

  /** Another call with the same request fingerprint was first. */
  final class MadeAlready extends RuntimeException {
    public MadeAlready(Throwable cause) {
      super(cause);
    }
  }

  /**
   * The key with this hash in any tenant; asked before the tenant is known.
   *
   * @throws StoreAway when the store gave no answer
   */
  Optional<ApiKey> byHash(String hash);

  Optional<ApiKey> byId(UUID id);

  /** The key that a request made. */
  Optional<ApiKey> byRequest(String request);

  /** Newest first, also expired and revoked ones. */
  Page<ApiKey> page(PageRequest request);

  /** How many of the tenant's keys open the door at an instant. */
  long countValid(Instant now);

  /**
   * Joins the transaction around it.
   *
   * @throws MadeAlready when the same request has made a key
   */
  void add(ApiKey key);

  /** Repeatable; a revoked key keeps the time of its first revocation. */
  void revoke(UUID id, Instant now);

  /** Remembers last uses by key, in any tenant. */
  void used(Map<UUID, Instant> lastUses);

  /** Remembers that a tenant exists. Repeatable. */
  void addTenant(Tenant tenant, Instant now);
}
