package ai.matih.ml.api.door;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTests {

  @ParameterizedTest
  @CsvSource({
    "/api/v1/ml/predict, PREDICTIONS, INFERENCE",
    "/api/v1/ml/predict/outcomes, SERVING_ROUTER, INFERENCE",
    "/api/v1/ml/predictions/x/explanation, SERVING_ROUTER, MANAGEMENT",
    "/api/v1/ml/deployments, SERVING_ROUTER, MANAGEMENT",
    "/api/v1/ml/models/churn/deploy, SERVING_ROUTER, MANAGEMENT",
    "/api/v1/ml/models/churn/traffic/pause, SERVING_ROUTER, MANAGEMENT",
    "/api/v1/ml/models/churn/ab-tests/1, SERVING_ROUTER, MANAGEMENT",
    "/api/v1/ml/models/churn/drift, SERVING_ROUTER, MANAGEMENT",
    "/api/v1/ml/models/churn/performance, SERVING_ROUTER, MANAGEMENT",
    "/api/v1/ml/models/churn/rollouts/1/pause, SERVING_ROUTER, MANAGEMENT",
    "/api/v1/ml/models/churn/versions/3/serving, SERVING_ROUTER, MANAGEMENT",
    "/api/v1/ml/models, MODEL_REGISTRY_GATEWAY, MANAGEMENT",
    "/api/v1/ml/models/churn, MODEL_REGISTRY_GATEWAY, MANAGEMENT",
    "/api/v1/ml/models/deploy, MODEL_REGISTRY_GATEWAY, MANAGEMENT",
    "/api/v1/ml/models/versions/versions/3, MODEL_REGISTRY_GATEWAY, MANAGEMENT",
    "/api/v1/ml/models/churn/versions/3/evidence, MODEL_REGISTRY_GATEWAY, MANAGEMENT",
    "/api/v1/ml/models/churn/promote, MODEL_REGISTRY_GATEWAY, MANAGEMENT",
    "/api/v1/ml/webhooks/1/deliveries, MODEL_REGISTRY_GATEWAY, MANAGEMENT",
    "/api/v1/ml/audit/registry/verification, MODEL_REGISTRY_GATEWAY, MANAGEMENT",
    "/api/v1/ml/features/serve, ONLINE_FEATURES, INFERENCE",
    "/api/v1/ml/features/weather, FEATURE_GATEWAY, MANAGEMENT",
    "/get-online-features, ONLINE_FEATURES, INFERENCE",
    "/v2, PREDICTIONS, INFERENCE",
    "/v2/models/churn/versions/3/infer, PREDICTIONS, INFERENCE",
    "/write-to-online-store, FEATURE_GATEWAY, MANAGEMENT",
    "/push, FEATURE_GATEWAY, MANAGEMENT",
    "/api/v1/ml/training/jobs/1/logs, TRAINING_ORCHESTRATOR, MANAGEMENT",
  })
  void a_path_belongs_to_the_service_that_owns_it(String path, Destination owner, Route.Lane lane) {
    assertThat(Route.of(path))
        .hasValueSatisfying(
            route -> {
              assertThat(route.destination()).isEqualTo(owner);
              assertThat(route.lane()).isEqualTo(lane);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/ml/experiments",
        "/api/v1/ml/experiments/1/runs",
        "/api/v1/ml/keys",
        "/api/2.0/mlflow/runs/create",
        "/api/v1/ml/predictor",
        "/api/v1/ml/modelsx",
        "/v22/models",
        "/version",
        "/",
        "/v3/api-docs"
      })
  void everything_else_is_answered_here(String path) {
    assertThat(Route.of(path)).isEmpty();
  }

  @Test
  void every_service_has_a_route() {
    assertThat(Route.table().stream().map(Route::destination).distinct())
        .containsExactlyInAnyOrder(Destination.values());
  }
}
