package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.model.ModelVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the checks that are to be made, one version after the other. */
final class ReconcileValidations {

  private static final Logger log = LoggerFactory.getLogger(ReconcileValidations.class);

  private final Function<UUID, Optional<ModelVersion>> find;
  private final ValidateVersion validate;
  private final Transactions transactions;
  private final EvidenceSettings settings;

  ReconcileValidations(
      Function<UUID, Optional<ModelVersion>> find,
      ValidateVersion validate,
      Transactions transactions,
      EvidenceSettings settings) {
    this.find = find;
    this.validate = validate;
    this.transactions = transactions;
    this.settings = settings;
  }

  /** Makes the checks of a version; says how long to wait when an engine gave no answer. */
  Duration validate(UUID id) {
    Optional<ModelVersion> version = transactions.call(() -> find.apply(id));
    try {
      version.ifPresent(validate::validate);
      return Duration.ZERO;
    } catch (EngineFailure e) {
      log.info("The checks of {} wait: {}", id, e.getMessage());
      version.ifPresent(
          one -> validate.waits(one, e.engine() + " gave no answer; it is asked again."));
      return settings.retryAfter();
    }
  }
}
