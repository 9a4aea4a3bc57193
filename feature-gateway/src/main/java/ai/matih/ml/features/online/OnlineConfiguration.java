package ai.matih.ml.features.online;

import ai.matih.ml.features.definition.DefinitionsSource;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class OnlineConfiguration {

  @Bean
  ServeFeatures serveFeatures(
      DefinitionsSource definitions, OnlineValues values, OnlineSettings settings, Clock clock) {
    return new ServeFeatures(definitions, values, settings, clock);
  }
}
