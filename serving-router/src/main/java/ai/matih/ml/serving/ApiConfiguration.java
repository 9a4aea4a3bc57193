package ai.matih.ml.serving;

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
        .text("/api/v1/ml/models/", "id", ParameterForms.MODEL_ID, 64)
        .text("/api/v1/ml/deployments", "model_id", ParameterForms.MODEL_ID, 64)
        .oneOf(
            "/api/v1/ml/deployments",
            "status",
            List.of("pending", "loading", "ready", "draining", "stopped", "failed"))
        .number("/api/v1/ml/models/", "version", 1, Integer.MAX_VALUE);
  }
}
