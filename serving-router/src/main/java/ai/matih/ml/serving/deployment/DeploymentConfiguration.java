package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.serving.deployment.registry.RegistryOverRest;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({
  AdmitVersion.class,
  DeployVersion.class,
  StopDeployment.class,
  FollowStages.class,
  DeploymentProgress.class,
  PlacedDeployments.class,
  ReconcileDeployments.class
})
class DeploymentConfiguration {

  private static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(5);

  @Bean
  RegistryOverRest registry(
      ServiceClients clients,
      Addresses addresses,
      ai.matih.ml.serving.engine.EngineSettings engine) {
    return new RegistryOverRest(
        clients.createInternal(
            "registry",
            addresses.service("registry"),
            EngineSettings.DEFAULT.withReadTimeout(REGISTRY_PATIENCE)),
        engine.modelsBucket());
  }

  @Bean
  Loop stageLoop(FollowStages stages, DeploymentSettings settings) {
    return new Loop(
        "stages",
        settings.stageCheck(),
        () -> {
          stages.ask();
          return 0;
        });
  }
}
