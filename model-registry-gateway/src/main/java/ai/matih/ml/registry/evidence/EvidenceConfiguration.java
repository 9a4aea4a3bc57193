package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.registry.Transactions;
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
  RecordEvidence recordEvidence(
      EvidenceLog log,
      List<EvidenceListener> listeners,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    return new RecordEvidence(log, listeners, audit, transactions, clock);
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
      Transactions transactions,
      EvidenceSettings settings) {
    return new ValidateVersion(bundles, router, record, versions, transactions, settings);
  }

  @Bean
  ValidationSignal validationSignal(Signals signals) {
    return () -> signals.send(TOPIC);
  }

  @Bean
  RegistrationListener validateNewVersions(ValidationSignal signal) {
    return _ -> signal.send();
  }

  @Bean
  RequestValidation requestValidation(
      FindModel find,
      Models models,
      Versions versions,
      List<EvidenceListener> listeners,
      ValidationSignal signal,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    return new RequestValidation(
        find, models, versions, listeners, signal, audit, transactions, clock);
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
