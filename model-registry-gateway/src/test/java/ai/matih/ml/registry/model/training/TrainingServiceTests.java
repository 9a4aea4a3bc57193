package ai.matih.ml.registry.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.registry.fixture.StubServer;
import ai.matih.ml.registry.model.ModelSettings;
import ai.matih.ml.registry.model.TrainingJobs.TrainingJob;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** What is read from the training orchestrator's jobs. */
class TrainingServiceTests {

  private static final String DIGEST = "sha256:" + "a".repeat(64);

  private final StubServer server = new StubServer();
  private final TrainingService training =
      new TrainingService(
          new ServiceClients(
              new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
              new ServiceTokens(TestTokens.signer("model-registry-gateway"), Clock.systemUTC())),
          new ModelSettings(server.url()));

  @AfterEach
  void stop() {
    server.close();
  }

  private Optional<TrainingJob> find() {
    return TenantScope.call(new Tenant("acme"), () -> training.find("job-1"));
  }

  @Test
  void a_finished_job_vouches_for_its_model_and_metrics() {
    server.answer(
        200,
        """
        {"job_id":"job-1","status":"succeeded","submitted_by":"user:alice","progress":100,
         "model":{"run_id":"r1","artifact_path":"model","digest":"%s"},"data_digest":"sha256:d",
         "evaluation":{"dataset_digest":"sha256:e","rows":10,"metrics":{"auc":0.71},"extra":1}}
        """
            .formatted(DIGEST));
    assertThat(find())
        .hasValueSatisfying(
            job -> {
              assertThat(job.submittedBy()).contains("user:alice");
              assertThat(job.result())
                  .hasValueSatisfying(
                      result -> {
                        assertThat(result.run().value()).isEqualTo("r1");
                        assertThat(result.digest().value()).isEqualTo(DIGEST);
                        assertThat(result.evaluation().metric("auc")).contains(0.71);
                        assertThat(result.evaluation().datasetDigest()).contains("sha256:e");
                      });
            });
    assertThat(server.request()).isEqualTo("GET /api/v1/ml/training/jobs/job-1");
  }

  @Test
  void a_running_job_vouches_for_nothing() {
    server.answer(200, "{\"status\":\"running\",\"model\":{\"run_id\":\"r1\"}}");
    assertThat(find()).hasValueSatisfying(job -> assertThat(job.result()).isEmpty());
  }

  @Test
  void an_unknown_job_is_absent_and_a_silent_service_is_not_an_absent_job() {
    server.answer(404, "{}");
    assertThat(find()).isEmpty();
    server.answer(503, "{}");
    assertThatThrownBy(this::find).isInstanceOf(EngineFailure.Unavailable.class);
    server.close();
    assertThatThrownBy(this::find).isInstanceOf(EngineFailure.Unavailable.class);
  }
}
