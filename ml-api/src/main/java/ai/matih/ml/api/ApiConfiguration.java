package ai.matih.ml.api;

import ai.matih.ml.common.ParameterForms;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the API describes what paths and queries may hold. */
@Configuration
class ApiConfiguration {

  @Bean
  ParameterForms parameterForms() {
    return ParameterForms.none()
        .text("/api/v1/ml/experiments/", "id", "[0-9]{1,19}", 19)
        .text("/api/v1/ml/experiments/", "run_id", "[0-9a-f]{32}", 32)
        .text("/api/v1/ml/experiments", "name_contains", "[^'\"%\\\\`\\x00-\\x1f\\x7f]{0,100}", 100)
        .oneOf("/api/v1/ml/experiments", "lifecycle_stage", List.of("active", "deleted", "all"));
  }
}
