package ai.matih.ml.serving.drift;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.outbox.Outbox;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.drift.registry.AlertsOverRest;
import ai.matih.ml.serving.drift.training.TrainingOverRest;
import ai.matih.ml.serving.sketch.Sketches;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({TellOfAlert.class, RetrainOnAlert.class})
class DriftConfiguration {

  @Bean
  JudgeDrift judgeDrift(Sketches sketches, DriftSettings settings, Clock clock) {
    return new JudgeDrift(
        sketches, new DriftRules(settings.falseAlarmRate(), settings.minRows()), clock);
  }

  @Bean
  AlertReceiver alertReceiver(ServiceClients clients, Addresses addresses) {
    return new AlertsOverRest(
        clients.createInternal("registry", addresses.service("registry"), EngineSettings.DEFAULT));
  }

  @Bean
  TrainingJobs trainingJobs(ServiceClients clients, Addresses addresses) {
    return new TrainingOverRest(
        clients.createInternal("training", addresses.service("training"), EngineSettings.DEFAULT));
  }

  @Bean
  WatchDrift watchDrift(
      JudgeDrift judge,
      DriftWatches watches,
      Outbox outbox,
      Transactions transactions,
      DriftSettings settings) {
    return new WatchDrift(judge, watches, outbox, transactions, settings.every());
  }

  @Bean
  Reconciler driftWatcher(Reconcilers reconcilers, WatchDrift watch, DriftSettings settings) {
    return reconcilers.of("drift", "drift_watch").every(settings.every()).steps(watch::look);
  }
}
