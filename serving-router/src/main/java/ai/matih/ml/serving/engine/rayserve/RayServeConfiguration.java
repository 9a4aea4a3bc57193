package ai.matih.ml.serving.engine.rayserve;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.serving.engine.BundleContents;
import ai.matih.ml.serving.engine.PlacedModels;
import ai.matih.ml.serving.engine.rayserve.store.StoredServeMemory;
import ai.matih.ml.serving.store.ChangeSignal;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Offered only where the router knows a Ray cluster and its token. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression(
    "!'${serving.ray-serve.url:}'.isBlank() and !'${serving.ray-serve.token:}'.isBlank()")
@Import(StoredServeMemory.class)
class RayServeConfiguration {

  @Bean
  RayServe rayServe(EngineClients clients, RayServeSettings settings) {
    return new RayServeOverRest(clients, settings);
  }

  @Bean
  ServePackage servePackage(BundleContents bundles, RayServeSettings settings) {
    return new ServePackage(bundles, settings.maxModel().toBytes());
  }

  @Bean
  RayServeEngine rayServeEngine(
      RayServe ray, ServePackage packages, RayServeSettings settings, EngineClients clients) {
    return new RayServeEngine(ray, packages, settings, clients);
  }

  /** One router at a time writes; the row that it holds is the only one of its table. */
  @Bean
  Reconciler serveConfiguration(
      Reconcilers reconcilers,
      RayServe ray,
      ServePackage packages,
      RayServeSettings settings,
      List<PlacedModels> placed,
      StoredServeMemory memory) {
    WriteConfiguration write =
        new WriteConfiguration(
            ray,
            packages,
            settings,
            () ->
                placed.stream()
                    .flatMap(models -> models.wanted(RayServeEngine.NAME).stream())
                    .toList(),
            memory);
    return reconcilers
        .of("ray-serve", "ray_serve_writer")
        .wokenBy(ChangeSignal.TOPIC)
        .every(settings.check())
        .steps(
            row -> {
              write.pass(row::requireHeld);
              return settings.check();
            });
  }
}
