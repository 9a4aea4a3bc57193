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
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Asks for somebody's own tests to be run beside a version's files. Asked for again by the same
 * person while they run it is the same request, so that a caller may repeat it.
 */
public final class RequestTests {

  private final FindModel find;
  private final Models models;
  private final PlanValidation plan;
  private final Examinations examinations;
  private final ValidationSignal signal;
  private final Audit audit;
  private final Transactions transactions;
  private final Clock clock;

  RequestTests(
      FindModel find,
      Models models,
      PlanValidation plan,
      Examinations examinations,
      ValidationSignal signal,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    this.find = find;
    this.models = models;
    this.plan = plan;
    this.examinations = examinations;
    this.signal = signal;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  public ValidationRun request(
      ModelId model, int number, Examination.Subject.Tests tests, String principal) {
    return transactions.call(
        () -> {
          models.lock(model);
          ModelVersion version = find.version(model, number);
          if (version.stage() == Stage.ARCHIVED) {
            throw new Problem(
                RegistryError.VERSION_ARCHIVED, "Version %d is archived.".formatted(number));
          }
          Optional<ValidationRun> open = open(version, tests, principal);
          if (open.isPresent()) {
            return open.get();
          }
          ValidationRun run =
              plan.planTests(
                  version, tests, principal, clock.instant().truncatedTo(ChronoUnit.MICROS));
          audit.record("tests.requested", version.path(), ExamineOnRay.described(tests));
          signal.send();
          return run;
        });
  }

  private Optional<ValidationRun> open(
      ModelVersion version, Examination.Subject.Tests tests, String principal) {
    return examinations
        .latest(version.model(), version.number(), tests)
        .filter(latest -> !latest.isOver() && latest.subject().equals(tests))
        .filter(latest -> latest.requestedBy().equals(principal))
        .flatMap(
            latest ->
                examinations.runs(version.model(), version.number()).stream()
                    .filter(run -> run.examinations().equals(List.of(latest.id())))
                    .findFirst());
  }
}
