package ai.matih.ml.serving.engine.rayserve;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.serving.engine.BundleContents;
import ai.matih.ml.serving.engine.PlacedModels;
import ai.matih.ml.serving.engine.rayserve.store.StoredServeMemory;
import ai.matih.ml.serving.store.ChangeSignal;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Offered only where the router knows a Ray cluster and its token. */
@Configuration(proxyBeanMethods = false)
@Conditional(RayServeConfiguration.KnowsCluster.class)
@Import(StoredServeMemory.class)
class RayServeConfiguration {

  /** Whether there is an address and a token. */
  static final class KnowsCluster implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return has(context, "url") && has(context, "token");
    }

    private static boolean has(ConditionContext context, String setting) {
      return !context.getEnvironment().getProperty("serving.ray-serve." + setting, "").isBlank();
    }
  }

  @Bean
  RayServe rayServe(EngineClients clients, RayServeSettings settings) {
    return new RayServeOverRest(clients, settings);
  }

  @Bean
  ServePackage servePackage(BundleContents bundles, RayServeSettings settings) {
    return new ServePackage(bundles, settings.maxModel().toBytes());
  }

  @Bean
  RayServeEngine rayServeEngine(RayServe ray, ServePackage packages, RayServeSettings settings) {
    return new RayServeEngine(ray, packages, settings);
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
