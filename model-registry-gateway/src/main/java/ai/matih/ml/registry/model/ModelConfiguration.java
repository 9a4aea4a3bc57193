package ai.matih.ml.registry.model;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.artifact.FetchBundle;
import ai.matih.ml.registry.artifact.RunArtifacts;
import java.time.Clock;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class ModelConfiguration {

  @Bean
  AnswerCache answerCache(Signals signals) {
    AnswerCache cache = new AnswerCache(signals::isListening, System::nanoTime);
    signals.listenToDetails(
        "models",
        told ->
            told.map(model -> model.split("/", 2))
                .ifPresentOrElse(
                    model -> cache.invalidate(new Tenant(model[0]), new ModelId(model[1])),
                    cache::invalidateAll));
    return cache;
  }

  @Bean
  FindModel findModel(Models models, Versions versions) {
    return new FindModel(models, versions);
  }

  @Bean
  CreateModel createModel(Models models, Audit audit, Transactions transactions, Clock clock) {
    return new CreateModel(models, audit, transactions, clock);
  }

  @Bean
  ChangeModel changeModel(
      Models models,
      FindModel find,
      EvaluationDataSets datasets,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    return new ChangeModel(models, find, datasets, audit, transactions, clock);
  }

  @Bean
  RegisterVersion registerVersion(
      FindModel find,
      Models models,
      Versions versions,
      RunArtifacts runs,
      FetchBundle bundles,
      TrainingJobs jobs,
      List<RegistrationListener> listeners,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    return new RegisterVersion(
        find, models, versions, runs, bundles, jobs, listeners, audit, transactions, clock);
  }
}
