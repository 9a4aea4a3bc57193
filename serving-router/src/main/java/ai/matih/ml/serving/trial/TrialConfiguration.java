package ai.matih.ml.serving.trial;

import ai.matih.ml.serving.engine.Bundles;
import ai.matih.ml.serving.engine.EngineSettings;
import ai.matih.ml.serving.trial.process.TrialsInProcesses;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class TrialConfiguration {

  @Bean
  Trials trials(TrialSettings settings, EngineSettings engine) {
    return new TrialsInProcesses(
        engine.bundles(),
        new TrialTerms(settings.latencyBudget(), settings.minGoldenRows()),
        settings.limit());
  }

  @Bean
  RunTrial runTrial(Bundles bundles, Trials trials, TrialSettings settings) {
    return new RunTrial(bundles, trials, settings.atOnce());
  }
}
