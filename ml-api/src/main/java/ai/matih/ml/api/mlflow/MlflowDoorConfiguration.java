package ai.matih.ml.api.mlflow;

import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.RunWriters;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class MlflowDoorConfiguration {

  @Bean
  JobFence jobFence(RunWriters writers, ExperimentTracker tracker) {
    return new JobFence(writers, tracker);
  }
}
