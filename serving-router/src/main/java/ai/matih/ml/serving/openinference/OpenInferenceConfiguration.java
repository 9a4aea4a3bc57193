package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.dataplane.BodyMemory;
import ai.matih.ml.common.dataplane.Endpoint;
import ai.matih.ml.common.web.WebSettings;
import ai.matih.ml.serving.prediction.Predict;
import ai.matih.ml.serving.prediction.PredictionSettings;
import ai.matih.ml.serving.routing.Router;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class OpenInferenceConfiguration {

  private static final String MODEL = "/v2/models/{model}";
  private static final String VERSION = MODEL + "/versions/{version}";

  private final MetadataWriter metadata = new MetadataWriter();

  @Bean
  ServedModels servedModels(Router router, HealthIndicator serving) {
    return new ServedModels(
        router,
        () -> {
          Health health = serving.health();
          return health != null && Status.UP.equals(health.getStatus());
        });
  }

  @Bean
  Endpoint infer(Predict predict, PredictionSettings settings, WebSettings web, BodyMemory memory) {
    return new InferEndpoint(
        new InferReader(settings.maxRows()),
        predict,
        memory,
        Math.toIntExact(web.maxJson().toBytes()));
  }

  @Bean
  Endpoint serverMetadata() {
    return new QueryEndpoint(List.of("/v2"), (_, to) -> metadata.server(to));
  }

  @Bean
  Endpoint serverLive() {
    return new QueryEndpoint(List.of("/v2/health/live"), (_, to) -> metadata.flag("live", to));
  }

  @Bean
  Endpoint serverReady(ServedModels models) {
    return new QueryEndpoint(
        List.of("/v2/health/ready"),
        (_, to) -> {
          models.requireReady();
          metadata.flag("ready", to);
        });
  }

  @Bean
  Endpoint modelReady(ServedModels models) {
    return new QueryEndpoint(
        List.of(MODEL + "/ready", VERSION + "/ready"),
        (request, to) -> {
          var _ = models.outline(request.caller().tenant(), ModelAddress.of(request.path()));
          metadata.flag("ready", to);
        });
  }

  @Bean
  Endpoint modelMetadata(ServedModels models) {
    return new QueryEndpoint(
        List.of(MODEL, VERSION),
        (request, to) -> {
          ModelAddress address = ModelAddress.of(request.path());
          metadata.model(address.model(), models.outline(request.caller().tenant(), address), to);
        });
  }
}
