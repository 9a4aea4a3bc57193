package ai.matih.ml.registry;

import ai.matih.ml.common.ApiForms;
import ai.matih.ml.registry.webhook.EventTypes;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the API describes what paths, queries and bodies may hold. */
@Configuration
class ApiConfiguration {

  private static final String DATASET = "dataset:[a-z0-9][a-z0-9_-]{0,63}(@sha256:[0-9a-f]{64})?";

  @Bean
  ApiForms apiForms() {
    return bodies(
        ApiForms.none()
            .text("/api/v1/ml/models/", "id", ApiForms.MODEL_ID, 64)
            .number("/api/v1/ml/models/", "version", 1, Integer.MAX_VALUE)
            .text("/api/v1/ml/models/", "reason", "[^\\x00]{0,500}", 500)
            .text("/api/v1/ml/models", "evaluation_dataset", DATASET, 143)
            .moment("/api/v1/ml/models/", "at")
            .mayRefuse("/api/v1/ml/models/", 410));
  }

  private static ApiForms bodies(ApiForms parameters) {
    return parameters
        .field("NewModelRequest", "name", "[^\\x00]*[A-Za-z0-9][^\\x00]*", 100)
        .map("NewModelRequest", "tags", "[^\\x00]{1,100}", 100, 500)
        .map("ModelChangeRequest", "tags", "[^\\x00]{1,100}", 100, 500)
        .field("NewEvidenceRequest", "package", "sha256:[0-9a-f]{64}", 71)
        .field("NewVersionRequest", "run_id", "[0-9a-f]{32}", 32)
        .field("NewVersionRequest", "logged_model_id", "m-[0-9a-f]{32}", 34)
        .field(
            "NewVersionRequest",
            "model_uri",
            "(runs:/[0-9a-f]{32}/[^/\\x00-\\x1f].{0,255}|models:/m-[0-9a-f]{32})",
            300)
        .field("NewWebhookRequest", "url", "https://[^\\x00-\\x20]+", 2000)
        .field("NewWebhookRequest", "models", ApiForms.MODEL_ID, 64)
        .field("NewWebhookRequest", "event_types", EventTypes.all())
        .field("WebhookChangeRequest", "url", "https://[^\\x00-\\x20]+", 2000)
        .field("WebhookChangeRequest", "models", ApiForms.MODEL_ID, 64)
        .field("WebhookChangeRequest", "event_types", EventTypes.all())
        .field("Policy", "required_tests", "[a-z][a-z0-9_]{0,39}", 40)
        .needs("Approvals", "needed")
        .field("Approvals", "needed", 1, 10)
        .needs("AbTest", "accept")
        .field("AbTest", "accept", List.of("better", "not_worse"))
        .entries("AbTest", "accept", 1, 2)
        .needs("Drain", "quiet_period")
        .needs("Shadow", "min_rows")
        .field("Shadow", "min_rows", 1, 1_000_000_000)
        .field("Shadow", "min_requests", 1, 1_000_000_000)
        .field("Shadow", "min_sample_bps", 1, 10_000)
        .field("Shadow", "min_agreement", 0, 1)
        .notNegative("Shadow", "max_mean_score_shift")
        .field("Shadow", "max_unanswered_share", 0, 1)
        .notNegative("NotWorse", "tolerance")
        .field("BaselineRule", "metric", "[A-Za-z0-9][A-Za-z0-9_.@/ -]{0,99}", 100)
        .needs("BaselineRule", "metric")
        .field("EvaluationData", "dataset", DATASET, 143)
        .field("EvaluationData", "target_column", ApiForms.COLUMN, 255)
        .needs("EvaluationData", "dataset", "target_column");
  }
}
