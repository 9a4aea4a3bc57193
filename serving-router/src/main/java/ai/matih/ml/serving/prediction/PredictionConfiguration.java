package ai.matih.ml.serving.prediction;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.serving.prediction.features.FeatureGateway;
import ai.matih.ml.serving.prediction.metrics.MicrometerPredictions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({
  PredictionReader.class,
  PredictionInputs.class,
  Predict.class,
  RecentPredictions.class,
  MicrometerPredictions.class
})
class PredictionConfiguration {

  @Bean
  FeatureStore featureStore(
      ServiceClients clients, Addresses addresses, PredictionSettings settings) {
    return new FeatureGateway(
        clients.createInternal(
            "features",
            addresses.service("online-features"),
            new EngineSettings(
                settings.featureTimeout(),
                settings.featureTimeout(),
                settings.featureConcurrency())));
  }
}
