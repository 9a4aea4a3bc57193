package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Versions;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Asks for something to be found out about a version; the reconcilers find it out. */
public final class RequestValidation {

  private final FindModel find;
  private final Versions versions;
  private final PlanValidation plan;
  private final List<EvidenceListener> listeners;
  private final ModelTransactions transactions;

  public RequestValidation(
      FindModel find,
      Versions versions,
      PlanValidation plan,
      List<EvidenceListener> listeners,
      ModelTransactions transactions) {
    this.find = find;
    this.versions = versions;
    this.plan = plan;
    this.listeners = List.copyOf(listeners);
    this.transactions = transactions;
  }

  /** The platform's checks again, and what is not known yet of the policy's measurements. */
  public ValidationRun request(ModelId model, int number, String principal) {
    return transactions.locked(
        model,
        () -> {
          ModelVersion version = notArchived(model, number);
          Instant now = transactions.now();
          versions.requestValidation(model, version.number(), now);
          ValidationRun run = plan.plan(version, principal, now);
          transactions.record("validation.requested", version.path(), Map.of());
          listeners.forEach(listener -> listener.recorded(model));
          return run;
        });
  }

  /**
   * Somebody's own tests, run beside the version's files. Asked for again by the same person while
   * they run it is the same request, so that a caller may repeat it.
   */
  public ValidationRun requestTests(
      ModelId model, int number, Examination.Subject.Tests tests, String principal) {
    return transactions.locked(
        model,
        () -> {
          ModelVersion version = notArchived(model, number);
          return plan.openTests(version, tests, principal)
              .orElseGet(
                  () -> {
                    ValidationRun run =
                        plan.planTests(version, tests, principal, transactions.now());
                    transactions.record(
                        "tests.requested", version.path(), ExamineOnRay.described(tests));
                    return run;
                  });
        });
  }

  private ModelVersion notArchived(ModelId model, int number) {
    ModelVersion version = find.version(model, number);
    if (version.stage() == Stage.ARCHIVED) {
      throw new Problem(
          RegistryError.VERSION_ARCHIVED, "Version %d is archived.".formatted(number));
    }
    return version;
  }
}
