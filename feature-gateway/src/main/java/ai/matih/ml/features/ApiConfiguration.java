package ai.matih.ml.features;

import ai.matih.ml.common.ParameterForms;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the API describes what paths and queries may hold. */
@Configuration
class ApiConfiguration {

  private static final String NAME = "[A-Za-z][A-Za-z0-9_]{0,62}";

  @Bean
  ParameterForms parameterForms() {
    return ParameterForms.none()
        .text("/api/v1/ml/features/", "view", NAME, 63)
        .text("/api/v1/ml/features/", "entity", NAME, 63)
        .text("/api/v1/ml/features/", "source", NAME, 63)
        .text("/api/v1/ml/features/", "service", NAME, 63);
  }
}
