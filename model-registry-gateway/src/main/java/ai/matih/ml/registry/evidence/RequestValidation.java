package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Versions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Asks for the platform's checks to be made again; the reconciler makes them. */
public final class RequestValidation {

  private final FindModel find;
  private final Models models;
  private final Versions versions;
  private final List<EvidenceListener> listeners;
  private final PlanValidation plan;
  private final ValidationSignal signal;
  private final Audit audit;
  private final Transactions transactions;
  private final Clock clock;

  RequestValidation(
      FindModel find,
      Models models,
      Versions versions,
      List<EvidenceListener> listeners,
      PlanValidation plan,
      ValidationSignal signal,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    this.find = find;
    this.models = models;
    this.versions = versions;
    this.listeners = List.copyOf(listeners);
    this.plan = plan;
    this.signal = signal;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  public ValidationRun request(ModelId model, int number, String principal) {
    return transactions.call(
        () -> {
          models.lock(model);
          ModelVersion version = find.version(model, number);
          if (version.stage() == Stage.ARCHIVED) {
            throw new Problem(
                RegistryError.VERSION_ARCHIVED, "Version %d is archived.".formatted(number));
          }
          Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
          versions.requestValidation(model, version.number(), now);
          ValidationRun run = plan.plan(version, principal, now);
          audit.record("validation.requested", version.path(), Map.of());
          signal.send();
          listeners.forEach(listener -> listener.recorded(model));
          return run;
        });
  }
}
