package ai.matih.ml.api.experiment.mlflow;

import ai.matih.ml.api.door.Forwarder;
import ai.matih.ml.api.door.Upstream;
import ai.matih.ml.api.experiment.ExperimentSettings;
import ai.matih.ml.common.http.Addresses;
import java.net.URI;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The streaming way to MLflow, for files and for the MLflow-compatible door. */
@Configuration(proxyBeanMethods = false)
class MlflowConnectionConfiguration {

  @Bean(autowireCandidate = true, defaultCandidate = false)
  Upstream mlflowUpstream(Addresses addresses, ExperimentSettings settings) {
    return new Upstream(
        "mlflow",
        URI.create(addresses.engine("mlflow")),
        Duration.ofSeconds(2),
        settings.maxConcurrentCalls());
  }

  @Bean(autowireCandidate = true, defaultCandidate = false)
  Forwarder mlflowForwarder(ExperimentSettings settings) {
    return new Forwarder(settings.artifactTimeout(), settings.artifactTimeout());
  }
}
