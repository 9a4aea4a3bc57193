package ai.matih.ml.training;

import ai.matih.ml.common.ParameterForms;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the API describes what paths and queries may hold. */
@Configuration
class ApiConfiguration {

  @Bean
  ParameterForms parameterForms() {
    return ParameterForms.none()
        .text("/api/v1/ml/training/datasets/", "name", "[a-z0-9]+([-_][a-z0-9]+)*", 64)
        .text("/api/v1/ml/training/", "digest", "sha256:[0-9a-f]{64}", 71)
        .number("/api/v1/ml/training/datasets/", "rows", 1, 100)
        .number("/api/v1/ml/training/capacity", "priority", -100, 100)
        .number("/api/v1/ml/training/jobs/", "tail", 1, 10_000)
        .number("/api/v1/ml/training/jobs/", "attempt", 1, 999_999);
  }
}
