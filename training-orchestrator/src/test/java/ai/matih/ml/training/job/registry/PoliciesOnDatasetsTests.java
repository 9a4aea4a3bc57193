package ai.matih.ml.training.job.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.training.dataset.DatasetName;
import ai.matih.ml.training.dataset.DatasetVersion;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** Which policies the registry is asked for, and what is made of its answers. */
class PoliciesOnDatasetsTests {

  private static final DatasetVersion FLIGHTS =
      new DatasetVersion(
          new Tenant("acme"),
          new DatasetName("flights"),
          "sha256:" + "a".repeat(64),
          S3Uri.of("s3://datasets/acme/flights/a.parquet"),
          10,
          10,
          List.of(),
          "user:alice",
          Instant.EPOCH);

  private final StubService server = new StubService("model-registry-gateway");
  private final PoliciesOnDatasets policies =
      new PoliciesOnDatasets(
          new ServiceClients(
              new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
              new ServiceTokens(TestTokens.signer("training-orchestrator"), Clock.systemUTC())),
          new Addresses(Map.of("registry", server.url()), Map.of()));

  @AfterEach
  void stop() {
    server.close();
  }

  private List<String> users() {
    return TenantScope.call(FLIGHTS.tenant(), () -> policies.of(FLIGHTS));
  }

  @Test
  void policies_are_asked_for_by_exactly_this_version() {
    server.answer(
        200,
        "{\"items\":[{\"id\":\"churn\",\"name\":\"Churn\"},{\"id\":\"late\",\"name\":\"L\"}]}");

    assertThat(users()).containsExactly("policy of model churn", "policy of model late");
    assertThat(server.request())
        .isEqualTo(
            "GET /api/v1/ml/models?evaluation_dataset=dataset%3Aflights%40sha256%3A"
                + "a".repeat(64)
                + "&page_size=500");
    server.answer(200, "{\"items\":[]}");
    assertThat(users()).isEmpty();
  }

  @Test
  void no_answer_is_not_taken_for_nobody() {
    server.answer(503, "{}");
    assertThatThrownBy(this::users).isInstanceOf(EngineFailure.Unavailable.class);
    server.answerAgainstContract(200, "{}");
    assertThatThrownBy(this::users).isInstanceOf(EngineFailure.Misbehaved.class);
  }
}
