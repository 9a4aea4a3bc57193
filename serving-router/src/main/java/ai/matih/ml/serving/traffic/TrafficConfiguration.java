package ai.matih.ml.serving.traffic;

import ai.matih.ml.common.transaction.Transactions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class TrafficConfiguration {

  @Bean
  StageRule stageRule(TrafficSettings settings) {
    return new StageRule(new Weight(settings.stagingCapBps()));
  }

  @Bean
  ChangeTraffic changeTraffic(
      TrafficDocuments documents,
      Targets targets,
      Stages stages,
      StageRule rule,
      Transactions transactions) {
    return new ChangeTraffic(documents, targets, stages, rule, transactions);
  }

  @Bean
  ReturnTraffic returnTraffic(
      TrafficDocuments documents, Targets targets, StageRule rule, Transactions transactions) {
    return new ReturnTraffic(documents, targets, rule, transactions);
  }
}
