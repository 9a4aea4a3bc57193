package ai.matih.ml.serving;

import ai.matih.ml.common.ApiForms;
import ai.matih.ml.serving.sketch.TimeWindow;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the API describes what paths, queries and bodies may hold. */
@Configuration
class ApiConfiguration {

  private static final String METRIC = "[a-z][a-z0-9_.-]{0,62}";

  @Bean
  ApiForms apiForms() {
    return bodies(
        ApiForms.none()
            .text("/api/v1/ml/models/", "id", ApiForms.MODEL_ID, 64)
            .text("/api/v1/ml/deployments", "model_id", ApiForms.MODEL_ID, 64)
            .oneOf(
                "/api/v1/ml/deployments",
                "status",
                List.of("pending", "loading", "ready", "draining", "stopped", "failed"))
            .oneOf("/api/v1/ml/models/", "window", TimeWindow.names())
            .oneOf("/api/v1/ml/models/", "status", List.of("open", "closed"))
            .text("/api/v1/ml/models/", "variant", "[^\\x00]*", 32)
            .number("/api/v1/ml/models/", "version", 1, Integer.MAX_VALUE));
  }

  private static ApiForms bodies(ApiForms parameters) {
    ApiForms forms =
        parameters
            .field("MetricForm", "kind", List.of("binary", "mean", "ratio"))
            .field("GuardrailForm", "kind", List.of("binary", "mean", "ratio"))
            .field("GuardrailForm", "name", METRIC, 63)
            .field("GuardrailForm", "direction", List.of("maximize", "minimize"))
            .field("GuardrailForm", "trials", List.of("outcomes", "units"))
            .notNegative("GuardrailForm", "margin")
            .notNegative("GuardrailForm", "expected_difference")
            .needs("GuardrailForm", "name", "margin")
            .field("MetricForm", "name", METRIC, 63)
            .field("MetricForm", "direction", List.of("maximize", "minimize"))
            .field("MetricForm", "trials", List.of("outcomes", "units"))
            .field(
                "DeployTrafficRequest", "strategy", List.of("direct", "canary", "ab_test", "none"))
            .field("DeployRequest", "engine", "[a-z][a-z0-9_]{0,31}", 32)
            .field("DriftSettingsRequest", "window", TimeWindow.names())
            .field(
                "DriftSettingsRequest", "threshold", List.of("low", "medium", "high", "critical"))
            .field("DriftSettingsRequest", "reaction", List.of("log", "webhook", "retrain"))
            .duration("DriftSettingsRequest", "cooldown")
            .duration("RetrainForm", "period")
            .field("OutcomesRequest", "model_id", ApiForms.MODEL_ID, 64)
            .field("OutcomesRequest", "metric", METRIC, 63)
            .field("OutcomeRequest", "unit_id", "[^\\x00]{1,256}", 256)
            .field("OutcomeRequest", "request_id", "[^\\x00]{1,256}", 256)
            .field("OutcomeRequest", "value", "-1E+100", "1E+100")
            .field("OutcomeRequest", "denominator", "0", "1E+100");
    for (String design : List.of("RolloutRequest", "RolloutDesignForm")) {
      forms =
          forms
              .field(design, "alpha", "0.001", "0.2")
              .entries(design, "steps", 1, 20)
              .entries(design, "freeze", 0, 100)
              .needs(design, "steps")
              .duration(design, "max_duration");
    }
    for (String judged : List.of("ErrorsForm", "LatencyForm", "QualityForm")) {
      forms = forms.field(judged, "tolerance", "1", "100");
    }
    forms =
        forms
            .field("StepForm", "weight_bps", 1, 10_000)
            .field("StepForm", "minimum_requests", 0, 1_000_000_000)
            .field("StepForm", "minimum_outcomes", 0, 1_000_000_000)
            .duration("StepForm", "dwell")
            .needs("StepForm", "weight_bps")
            .needs("FreezeForm", "from", "until")
            .field("LatencyForm", "quantile", "0.5", "0.999")
            .field("QualityForm", "metric", METRIC, 63)
            .field("QualityForm", "direction", List.of("maximize", "minimize"))
            .field("BreakerForm", "errors", 1, 1_000_000_000)
            .field("BreakerForm", "requests", 1, 1_000_000_000)
            .field("PromoteRolloutRequest", "to", List.of("next", "last"));
    for (String design : List.of("AbTestRequest", "AbTestDesignForm")) {
      forms =
          forms
              .field(design, "alpha", "0.0001", "0.2")
              .notNegative(design, "expected_difference")
              .notNegative(design, "margin")
              .entries(design, "guardrails", 0, 10)
              .duration(design, "max_duration");
    }
    return forms;
  }
}
