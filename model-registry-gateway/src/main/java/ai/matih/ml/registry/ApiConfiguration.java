package ai.matih.ml.registry;

import ai.matih.ml.common.ParameterForms;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the API describes what paths and queries may hold. */
@Configuration
class ApiConfiguration {

  @Bean
  ParameterForms parameterForms() {
    return ParameterForms.none()
        .text("/api/v1/ml/models/", "id", ParameterForms.MODEL_ID, 64)
        .number("/api/v1/ml/models/", "version", 1, Integer.MAX_VALUE)
        .text("/api/v1/ml/models/", "reason", "[^\\x00]{0,500}", 500)
        .text(
            "/api/v1/ml/models",
            "evaluation_dataset",
            "dataset:[a-z0-9][a-z0-9_-]{0,63}(@sha256:[0-9a-f]{64})?",
            143)
        .mayRefuse("/api/v1/ml/models/", 410);
  }
}
