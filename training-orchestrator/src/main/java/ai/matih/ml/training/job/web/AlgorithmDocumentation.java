package ai.matih.ml.training.job.web;

import ai.matih.ml.training.algorithm.Algorithms;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.stereotype.Component;

/** Describes algorithms and hyperparameters in the API's description, from what is offered. */
@Component
class AlgorithmDocumentation implements GlobalOpenApiCustomizer {

  private final Algorithms algorithms;

  AlgorithmDocumentation(Algorithms algorithms) {
    this.algorithms = algorithms;
  }

  @Override
  public void customise(OpenAPI api) {
    Schema<?> request = api.getComponents().getSchemas().get("JobRequest");
    describe(request, "algorithm", "One of " + algorithms.names() + ".");
    describe(request, "hyperparameters", algorithms.documentation());
  }

  private static void describe(@Nullable Schema<?> request, String property, String description) {
    Schema<?> schema =
        request == null || request.getProperties() == null
            ? null
            : request.getProperties().get(property);
    if (schema == null) {
      throw new IllegalStateException("the request of a job has no property " + property);
    }
    schema.setDescription(description);
  }
}
