package ai.matih.ml.api.experiment;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ExperimentConfiguration {

  @Bean
  CreateExperiment createExperiment(ExperimentTracker tracker) {
    return new CreateExperiment(tracker);
  }

  @Bean
  LogMeasurements logMeasurements(ExperimentTracker tracker) {
    return new LogMeasurements(tracker);
  }

  @Bean
  StartRun startRun(ExperimentTracker tracker, LogMeasurements log) {
    return new StartRun(tracker, log);
  }

  @Bean
  FinishRun finishRun(ExperimentTracker tracker, LogMeasurements log) {
    return new FinishRun(tracker, log);
  }
}
