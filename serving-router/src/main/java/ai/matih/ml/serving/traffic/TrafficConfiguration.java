package ai.matih.ml.serving.traffic;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({ChangeTraffic.class, ReturnTraffic.class})
class TrafficConfiguration {

  @Bean
  StageRule stageRule(TrafficSettings settings) {
    return new StageRule(new Weight(settings.stagingCapBps()));
  }
}
