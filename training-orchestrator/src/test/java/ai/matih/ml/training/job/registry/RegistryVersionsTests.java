package ai.matih.ml.training.job.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.SomeJob;
import ai.matih.ml.training.job.VersionRegistration.RegistrationRefused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** What is asked of model-registry-gateway, and what is made of its answers. */
class RegistryVersionsTests {

  private static final String RUN = "0123456789abcdef0123456789abcdef";

  private final StubService server = new StubService("model-registry-gateway");
  private final RegistryVersions registry =
      new RegistryVersions(
          new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
          addresses(),
          new ServiceTokens(TestTokens.signer("training-orchestrator"), Clock.systemUTC()));

  @AfterEach
  void stop() {
    server.close();
  }

  private Addresses addresses() {
    return new Addresses(
        Map.of("api", server.url(), "features", server.url(), "registry", server.url()), Map.of());
  }

  private int register(Job job) throws RegistrationRefused {
    return registry.register(job.tenant(), job.submittedBy(), job.id(), RUN, "churn");
  }

  @Test
  void a_version_is_registered_once_by_run_and_job() throws RegistrationRefused {
    Job job = SomeJob.aJob().submittedAt(Instant.EPOCH);
    server.answer(201, "{\"model_id\":\"churn\",\"version\":3,\"stage\":\"development\"}");

    assertThat(register(job)).isEqualTo(3);
    assertThat(server.request()).isEqualTo("POST /api/v1/ml/models/churn/versions");
    assertThat(server.header("Idempotency-Key")).isEqualTo(job.id().toString());
    server.answer(200, "{\"model_id\":\"churn\",\"version\":3,\"stage\":\"staging\"}");
    assertThat(register(job)).isEqualTo(3);
  }

  @Test
  void a_refusal_says_why_and_an_earlier_call_that_runs_is_waited_for() {
    Job job = SomeJob.aJob().submittedAt(Instant.EPOCH);
    server.answer(409, "{\"code\":\"Registry:X\",\"detail\":\"The model has ended.\"}");
    assertThatThrownBy(() -> register(job))
        .isInstanceOf(RegistrationRefused.class)
        .hasMessage("The model has ended.");
    server.answer(409, "{\"code\":\"Common:IdempotencyInProgress\"}");
    assertThatThrownBy(() -> register(job)).isInstanceOf(EngineFailure.Unavailable.class);
    server.answer(200, "{}");
    assertThatThrownBy(() -> register(job)).isInstanceOf(EngineFailure.Misbehaved.class);
  }
}
