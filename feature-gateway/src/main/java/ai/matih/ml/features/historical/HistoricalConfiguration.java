package ai.matih.ml.features.historical;

import ai.matih.ml.features.definition.DefinitionsSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class HistoricalConfiguration {

  @Bean
  PlanFeatures planFeatures(DefinitionsSource definitions) {
    return new PlanFeatures(definitions);
  }
}
