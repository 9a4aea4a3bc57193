package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.model.RegistrationListener;
import ai.matih.ml.registry.model.Versions;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration
@Import({
  Reports.class,
  RecordEvidence.class,
  PlayGoldenRows.class,
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
  Loop examinationLoop(
      JdbcClient sql,
      PlatformTransactionManager manager,
      Signals signals,
      ExamineOnRay examine,
      EvidenceSettings settings) {
    Claims claims =
        new Claims(sql, manager, "examination", "status <> 'DONE' and on_ray", "requested_at");
    ReconcileExaminations reconcile = new ReconcileExaminations(claims, examine, settings);
    Loop loop = new Loop("examinations", Duration.ofSeconds(2), reconcile::round);
    signals.listen(TOPIC, loop::wake);
    return loop;
  }

  @Bean
  Loop validations(
      JdbcClient sql,
      PlatformTransactionManager manager,
      Signals signals,
      Versions versions,
      ValidateVersion validate,
      Transactions transactions,
      EvidenceSettings settings) {
    Claims claims =
        new Claims(
            sql, manager, "model_version", "validation = 'PENDING'", "validation_requested_at");
    ReconcileValidations reconcile =
        new ReconcileValidations(claims, versions::find, validate, transactions, settings);
    Loop loop = new Loop("validations", Duration.ofSeconds(2), reconcile::round);
    signals.listen(TOPIC, loop::wake);
    return loop;
  }
}
