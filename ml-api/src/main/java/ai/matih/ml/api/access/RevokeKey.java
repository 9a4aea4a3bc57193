package ai.matih.ml.api.access;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;

/** Ends a key for good. Repeatable. */
public final class RevokeKey {

  private final ApiKeys keys;
  private final KeyDirectory directory;
  private final Transactions transactions;
  private final Audit audit;
  private final Clock clock;

  public RevokeKey(
      ApiKeys keys, KeyDirectory directory, Transactions transactions, Audit audit, Clock clock) {
    this.keys = keys;
    this.directory = directory;
    this.transactions = transactions;
    this.audit = audit;
    this.clock = clock;
  }

  /** Revokes a key of the tenant in scope. */
  public void revoke(UUID id) {
    ApiKey key =
        keys.byId(id)
            .orElseThrow(
                () ->
                    new Problem(ApiError.KEY_NOT_FOUND, "The tenant has no key " + id + ".")
                        .with("key_id", id));
    transactions.run(
        () -> {
          keys.revoke(id, clock.instant());
          audit.record("key.revoked", "key:" + id, Map.of("principal", key.principal().name()));
        });
    directory.forget(key.hash());
  }
}
