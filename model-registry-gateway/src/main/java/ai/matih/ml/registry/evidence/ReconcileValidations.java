package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.model.ModelVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the checks that are to be made, one version after the other. */
final class ReconcileValidations {

  private static final Logger log = LoggerFactory.getLogger(ReconcileValidations.class);
  private static final Duration LEASE = Duration.ofMinutes(5);

  private final Claims claims;
  private final Function<UUID, Optional<ModelVersion>> find;
  private final ValidateVersion validate;
  private final Transactions transactions;
  private final EvidenceSettings settings;

  ReconcileValidations(
      Claims claims,
      Function<UUID, Optional<ModelVersion>> find,
      ValidateVersion validate,
      Transactions transactions,
      EvidenceSettings settings) {
    this.claims = claims;
    this.find = find;
    this.validate = validate;
    this.transactions = transactions;
    this.settings = settings;
  }

  /** Works on one due version; says how many there were. */
  int round() {
    List<Claim> claimed = claims.take(1, LEASE);
    claimed.forEach(claim -> TenantScope.run(claim.tenant(), () -> validate(claim)));
    return claimed.size();
  }

  private void validate(Claim claim) {
    Optional<ModelVersion> version =
        transactions.call(() -> find.apply(UUID.fromString(claim.id())));
    try {
      version.ifPresent(validate::validate);
      claims.release(claim);
    } catch (EngineFailure e) {
      log.info("The checks of {} wait: {}", claim.id(), e.getMessage());
      version.ifPresent(
          one -> validate.waits(one, e.engine() + " gave no answer; it is asked again."));
      claims.postpone(claim, settings.retryAfter());
    }
  }
}
