package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.model.RegistrationListener;
import ai.matih.ml.registry.model.Versions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import({
  Reports.class,
  RecordEvidence.class,
  PlayGoldenRows.class,
  StoredOnnx.class,
  ValidateVersion.class,
  PlanValidation.class,
  RequestValidation.class,
  ExamineOnRay.class
})
class EvidenceConfiguration {

  private static final String TOPIC = "validation";

  @Bean
  ValidationSignal validationSignal(Signals signals) {
    return () -> signals.send(TOPIC);
  }

  @Bean
  RegistrationListener validateNewVersions(PlanValidation plan) {
    return version -> plan.plan(version, version.registeredBy(), version.validationRequestedAt());
  }

  @Bean
  Reconciler examinations(
      Reconcilers reconcilers, ExamineOnRay examine, EvidenceSettings settings) {
    return reconcilers
        .of("examinations", "examination")
        .where("status <> 'DONE' and on_ray")
        .dueAt("next_step_at")
        .orderedBy("requested_at")
        .wokenBy(TOPIC)
        .atOnce(8)
        .retryAfter(settings.retryAfter())
        .steps(row -> examine.step(row.id()));
  }

  @Bean
  Reconciler validations(
      Reconcilers reconcilers,
      Versions versions,
      ValidateVersion validate,
      Transactions transactions,
      EvidenceSettings settings) {
    ReconcileValidations reconcile =
        new ReconcileValidations(versions::find, validate, transactions, settings);
    return reconcilers
        .of("validations", "model_version")
        .where("validation = 'PENDING'")
        .dueAt("validation_due_at")
        .orderedBy("validation_requested_at")
        .wokenBy(TOPIC)
        .retryAfter(settings.retryAfter())
        .steps(row -> reconcile.validate(row.id()));
  }
}
