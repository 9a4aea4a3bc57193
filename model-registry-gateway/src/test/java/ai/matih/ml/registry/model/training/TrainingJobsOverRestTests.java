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
import ai.matih.ml.registry.fixture.TrainingJobsContract;
import ai.matih.ml.registry.model.TrainingJobs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** What is read from the training orchestrator's jobs. */
class TrainingJobsOverRestTests extends TrainingJobsContract {

  private final StubService server = new StubService("training-orchestrator");
  private final TrainingJobsOverRest training =
      new TrainingJobsOverRest(
          new ServiceClients(
              new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
              new ServiceTokens(TestTokens.signer("model-registry-gateway"), Clock.systemUTC())),
          new Addresses(Map.of("training", server.url()), Map.of()));

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected TrainingJobs jobs() {
    return training;
  }

  /** As the orchestrator writes it, with more fields than are read. */
  @Override
  protected void given(TrainingJobs.TrainingJob job) {
    Map<String, Object> wire = new HashMap<>();
    wire.put("job_id", job.id());
    wire.put("status", job.status());
    wire.put("progress", Map.of("percent", 100));
    job.submittedBy().ifPresent(who -> wire.put("submitted_by", who));
    job.result()
        .ifPresent(
            result -> {
              wire.put(
                  "model",
                  Map.of(
                      "run_id", result.run().value(),
                      "artifact_path", "model",
                      "digest", result.digest().value()));
              wire.put(
                  "evaluation",
                  Map.of(
                      "dataset_digest", result.evaluation().datasetDigest().orElseThrow(),
                      "rows", result.evaluation().rows().orElseThrow(),
                      "metrics", result.evaluation().metrics()));
            });
    server.answer(200, Json.write(wire));
  }

  @Override
  protected void givenNone() {
    server.answer(404, "{}");
  }

  @Test
  void the_job_is_asked_for_by_its_id() {
    givenNone();
    find("job-1");
    assertThat(server.request()).isEqualTo("GET /api/v1/ml/training/jobs/job-1");
  }

  @Test
  void a_run_without_a_digest_vouches_for_nothing() {
    server.answer(200, "{\"status\":\"running\",\"model\":{\"run_id\":\"r1\"}}");
    assertThat(find("job-1")).hasValueSatisfying(job -> assertThat(job.result()).isEmpty());
  }

  @Test
  void a_silent_service_is_not_an_absent_job() {
    server.answer(503, "{}");
    assertThatThrownBy(() -> find("job-1")).isInstanceOf(EngineFailure.Unavailable.class);
    server.close();
    assertThatThrownBy(() -> find("job-1")).isInstanceOf(EngineFailure.Unavailable.class);
  }
}
