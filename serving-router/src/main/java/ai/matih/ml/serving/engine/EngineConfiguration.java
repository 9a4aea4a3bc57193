package ai.matih.ml.serving.engine;

import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.engine.onnx.OnnxEngine;
import ai.matih.ml.serving.engine.s3.S3Bundles;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import(Engines.class)
class EngineConfiguration {

  @Bean
  OnnxEngine onnxEngine(EngineSettings limits) {
    return new OnnxEngine(
        new ScoringLimit(limits.places(), limits.maxWaiting(), limits.patience()));
  }

  @Bean
  MeterBinder engineMeters(Engines engines) {
    return meters ->
        Gauge.builder("serving.engine.waiting", engines, Engines::waiting)
            .description("Calls that wait for a place in the engine")
            .register(meters);
  }

  @Bean
  LocalBundles bundles(ObjectStore store, EngineSettings limits) {
    return new LocalBundles(
        limits.bundles(),
        new S3Bundles(store, limits.modelsBucket()),
        (int) Math.min(limits.maxModel().toBytes(), Integer.MAX_VALUE));
  }
}
