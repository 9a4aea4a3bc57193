package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.RegistrationListener;
import ai.matih.ml.registry.model.Versions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration
class EvidenceConfiguration {

  private static final String TOPIC = "validation";

  @Bean
  Reports reports(BundleStore bundles) {
    return new Reports(bundles);
  }

  @Bean
  RecordEvidence recordEvidence(
      FindModel find,
      Models models,
      EvidenceLog log,
      Reports reports,
      List<EvidenceListener> listeners,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    return new RecordEvidence(find, models, log, reports, listeners, audit, transactions, clock);
  }

  @Bean
  PlayGoldenRows playGoldenRows(BundleStore bundles, ServingRouter router, RecordEvidence record) {
    return new PlayGoldenRows(bundles, router, record);
  }

  @Bean
  ValidateVersion validateVersion(
      BundleStore bundles,
      ServingRouter router,
      RecordEvidence record,
      Versions versions,
      Models models,
      Examinations examinations,
      Transactions transactions,
      EvidenceSettings settings) {
    return new ValidateVersion(
        bundles, router, record, versions, models, examinations, transactions, settings);
  }

  @Bean
  ValidationSignal validationSignal(Signals signals) {
    return () -> signals.send(TOPIC);
  }

  @Bean
  PlanValidation planValidation(Models models, Versions versions, Examinations examinations) {
    return new PlanValidation(models, versions, examinations);
  }

  @Bean
  RegistrationListener validateNewVersions(PlanValidation plan, ValidationSignal signal) {
    return version -> {
      plan.plan(version, version.registeredBy(), version.validationRequestedAt());
      signal.send();
    };
  }

  @Bean
  RequestTests requestTests(
      FindModel find,
      Models models,
      PlanValidation plan,
      Examinations examinations,
      ValidationSignal signal,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    return new RequestTests(find, models, plan, examinations, signal, audit, transactions, clock);
  }

  @Bean
  ExamineOnRay examineOnRay(
      Examinations examinations,
      FindModel find,
      Models models,
      VersionJobs jobs,
      RecordEvidence record,
      Transactions transactions,
      Clock clock) {
    return new ExamineOnRay(examinations, find, models, jobs, record, transactions, clock);
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
  RequestValidation requestValidation(
      FindModel find,
      Models models,
      Versions versions,
      List<EvidenceListener> listeners,
      PlanValidation plan,
      ValidationSignal signal,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    return new RequestValidation(
        find, models, versions, listeners, plan, signal, audit, transactions, clock);
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
