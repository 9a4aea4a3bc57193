package ai.matih.ml.registry.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.registry.model.EvaluationDataSets.Pinned;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** What is read of the training orchestrator's data sets. */
class DataSetsOverRestTests {

  private static final String DIGEST = "sha256:" + "d".repeat(64);

  private final StubService server = new StubService("training-orchestrator");
  private final DataSetsOverRest datasets =
      new DataSetsOverRest(
          new ServiceClients(
              new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
              new ServiceTokens(TestTokens.signer("model-registry-gateway"), Clock.systemUTC())),
          new Addresses(Map.of("training", server.url()), Map.of()));

  @AfterEach
  void stop() {
    server.close();
  }

  private Optional<Pinned> find(String dataset) {
    return TenantScope.call(new Tenant("acme"), () -> datasets.find(dataset));
  }

  @Test
  void a_name_is_pinned_to_the_current_version() {
    server.answer(
        200,
        "{\"name\":\"flights\",\"source\":\"dataset:flights@%s\",\"columns\":[{\"name\":\"late\",\"type\":\"long\",\"missing\":0}]}"
            .formatted(DIGEST));
    assertThat(find("dataset:flights"))
        .hasValueSatisfying(
            found -> {
              assertThat(found.reference()).isEqualTo("dataset:flights@" + DIGEST);
              assertThat(found.columns()).containsExactly("late");
            });
    assertThat(server.request()).isEqualTo("GET /api/v1/ml/training/datasets/flights");
    find("dataset:flights@" + DIGEST);
    assertThat(server.request()).startsWith("GET /api/v1/ml/training/datasets/flights?digest=");
  }

  @Test
  void an_unknown_one_is_absent_and_silence_is_no_answer() {
    server.answer(404, "{}");
    assertThat(find("dataset:flights")).isEmpty();
    server.answer(200, "{}");
    assertThatThrownBy(() -> find("dataset:flights")).isInstanceOf(EngineFailure.Misbehaved.class);
    server.close();
    assertThatThrownBy(() -> find("dataset:flights")).isInstanceOf(EngineFailure.Unavailable.class);
  }
}
