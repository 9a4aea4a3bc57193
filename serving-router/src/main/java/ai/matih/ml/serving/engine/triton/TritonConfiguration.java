package ai.matih.ml.serving.engine.triton;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.serving.engine.Bundles;
import ai.matih.ml.serving.engine.PlacedModels;
import ai.matih.ml.serving.engine.triton.store.StoredKnownModels;
import ai.matih.ml.serving.store.ChangeSignal;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Offered only where the router knows a server. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("!'${serving.triton.url:}'.isBlank()")
@Import(StoredKnownModels.class)
class TritonConfiguration {

  @Bean
  InferenceServer inferenceServer(EngineClients clients, TritonSettings settings) {
    return new ServerOverRest(clients, settings);
  }

  @Bean
  Inference inference(TritonSettings settings) {
    return settings.grpc().isBlank()
        ? new InferenceOverHttp(settings.url(), settings.patience())
        : new InferenceOverGrpc(settings.grpc(), settings.patience());
  }

  @Bean
  TritonEngine tritonEngine(
      InferenceServer server, Inference inference, KnownModels known, EngineClients clients) {
    return new TritonEngine(server, inference, known, clients);
  }

  /** One router at a time keeps the repository; the row that it holds is the only one. */
  @Bean
  Reconciler tritonRepository(
      Reconcilers reconcilers,
      InferenceServer server,
      Bundles bundles,
      TritonSettings settings,
      List<PlacedModels> placed,
      KnownModels known,
      Clock clock) {
    KeepRepository keep =
        new KeepRepository(
            server,
            bundles,
            settings,
            () ->
                placed.stream()
                    .flatMap(models -> models.wanted(TritonEngine.NAME).stream())
                    .toList(),
            known,
            clock);
    return reconcilers
        .of("triton", "triton_writer")
        .wokenBy(ChangeSignal.TOPIC)
        .every(settings.check())
        .steps(
            row -> {
              keep.pass(row::requireHeld);
              return settings.check();
            });
  }
}
