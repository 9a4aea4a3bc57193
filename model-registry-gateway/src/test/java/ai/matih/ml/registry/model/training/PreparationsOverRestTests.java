package ai.matih.ml.registry.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.fixture.PreparationsContract;
import ai.matih.ml.registry.model.Preparations;
import ai.matih.ml.registry.model.VersionNumber;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** Preparations asked of the training orchestrator, as it answers. */
class PreparationsOverRestTests extends PreparationsContract {

  private final StubService server = new StubService("training-orchestrator");
  private final PreparationsOverRest training =
      new PreparationsOverRest(
          new ServiceClients(
              new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
              new ServiceTokens(TestTokens.signer("model-registry-gateway"), Clock.systemUTC())),
          new Addresses(Map.of("training", server.url()), Map.of()));

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected Preparations preparations() {
    return training;
  }

  @Override
  protected void givenQueue() {
    server.answer(202, Json.write(Map.of("job_id", "job-1", "status", "queued")));
  }

  @Override
  protected void ends(VersionNumber version) {
    server.answer(
        202,
        Json.write(
            Map.of(
                "job_id",
                "job-1",
                "status",
                "succeeded",
                "registered",
                Map.of("model_id", "prices", "version", version.value()))));
  }

  @Override
  protected void refuses(String reason) {
    server.answer(
        400,
        Json.write(Map.of("violations", List.of(Map.of("field", "source", "message", reason)))));
  }

  @Test
  void a_silent_service_has_refused_nothing() {
    server.answer(503, "{}");
    assertThatThrownBy(this::ask).isInstanceOf(EngineFailure.Unavailable.class);
  }

  @Test
  void an_answer_without_a_job_is_no_answer() {
    server.answer(202, "{}");
    assertThatThrownBy(this::ask).isInstanceOf(EngineFailure.Misbehaved.class);
    assertThat(server.request()).isEqualTo("POST /api/v1/ml/training/preparations");
  }
}
