package ai.matih.ml.serving.prediction;

import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.serving.abtest.ExposureBuffer;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.prediction.features.FeatureGateway;
import ai.matih.ml.serving.prediction.metrics.MicrometerPredictions;
import ai.matih.ml.serving.routing.Router;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class PredictionConfiguration {

  @Bean
  FeatureStore featureStore(
      ServiceClients clients,
      @Value("${matih.features-url}") String url,
      PredictionSettings settings) {
    return new FeatureGateway(
        clients.createInternal(
            "features",
            url,
            new EngineSettings(
                settings.featureTimeout(),
                settings.featureTimeout(),
                settings.featureConcurrency())));
  }

  @Bean
  RecentPredictions recentPredictions(PredictionSettings settings) {
    return new RecentPredictions(settings.remembered());
  }

  @Bean
  PredictionReader predictionReader(PredictionSettings settings) {
    return new PredictionReader(settings.maxRows());
  }

  @Bean
  Predict predict(
      Router router,
      FeatureStore features,
      ScoringLimit limit,
      RecentPredictions recent,
      ExposureBuffer exposures,
      MeterRegistry meters,
      Clock clock) {
    return new Predict(
        router, features, limit, recent, exposures, new MicrometerPredictions(meters), clock);
  }
}
