package ai.matih.ml.serving.engine;

import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.engine.onnx.OnnxEngine;
import ai.matih.ml.serving.engine.s3.S3Bundles;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class EngineConfiguration {

  @Bean
  ScoringEngine scoringEngine() {
    return new OnnxEngine();
  }

  @Bean
  Bundles bundles(ObjectStore store, EngineSettings limits) {
    return new LocalBundles(
        limits.bundles(), new S3Bundles(store, limits.modelsBucket()), limits.maxModel().toBytes());
  }

  @Bean
  ScoringLimit scoringLimit(EngineSettings limits, MeterRegistry meters) {
    ScoringLimit limit = new ScoringLimit(limits.places(), limits.maxWaiting(), limits.patience());
    Gauge.builder("serving.engine.waiting", limit, ScoringLimit::waiting)
        .description("Calls that wait for a place in the engine")
        .register(meters);
    return limit;
  }
}
