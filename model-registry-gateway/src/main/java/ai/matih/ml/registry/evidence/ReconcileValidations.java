package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.model.ModelVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

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
      version.ifPresent(one -> validate.waits(one, reason(e) + " It is asked again."));
      return settings.retryAfter();
    }
  }

  /** An engine that is not ready yet says for what it waits. */
  private static String reason(EngineFailure failure) {
    return failure instanceof EngineFailure.Unavailable away
        ? away.answer()
            .map(ReconcileValidations::detail)
            .filter(detail -> !detail.isBlank())
            .orElse(failure.engine() + " gave no answer.")
        : failure.engine() + " gave no answer.";
  }

  private static String detail(String problem) {
    try {
      return EngineClients.LENIENT_JSON.readTree(problem).path("detail").asString("");
    } catch (JacksonException e) {
      return "";
    }
  }
}
