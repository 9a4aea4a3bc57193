package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.abtest.StartTest;
import ai.matih.ml.serving.deployment.registry.RegistryOverRest;
import ai.matih.ml.serving.traffic.StageRule;
import ai.matih.ml.serving.traffic.Targets;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DeploymentConfiguration {

  private static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(5);

  @Bean
  RegistryOverRest registry(
      ServiceClients clients,
      @Value("${matih.registry-url}") String url,
      ai.matih.ml.serving.engine.EngineSettings engine) {
    return new RegistryOverRest(
        clients.createInternal(
            "registry", url, EngineSettings.DEFAULT.withReadTimeout(REGISTRY_PATIENCE)),
        engine.modelsBucket());
  }

  @Bean
  DeployVersion deployVersion(
      Registry registry,
      Deployments deployments,
      TrafficDocuments documents,
      Transactions transactions,
      StageRule rule,
      StartTest tests,
      Clock clock) {
    return new DeployVersion(registry, deployments, documents, transactions, rule, tests, clock);
  }

  @Bean
  StopDeployment stopDeployment(
      Deployments deployments, TrafficDocuments documents, Transactions transactions, Clock clock) {
    return new StopDeployment(deployments, documents, transactions, clock);
  }

  @Bean
  FollowStages followStages(
      Registry registry,
      Deployments deployments,
      TrafficDocuments documents,
      StopDeployment stop,
      Transactions transactions) {
    return new FollowStages(registry, deployments, documents, stop, transactions);
  }

  @Bean
  ReconcileDeployments reconcileDeployments(
      Deployments deployments,
      RouterReports reports,
      TrafficDocuments documents,
      Targets targets,
      Transactions transactions,
      StageRule rule,
      DeploymentSettings settings,
      Clock clock) {
    return new ReconcileDeployments(
        deployments,
        reports,
        documents,
        targets,
        transactions,
        rule,
        settings.loadingLimit(),
        clock);
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
