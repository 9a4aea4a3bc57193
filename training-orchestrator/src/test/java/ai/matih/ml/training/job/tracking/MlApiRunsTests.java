package ai.matih.ml.training.job.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.training.job.ExperimentRuns.RunOutcome;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.RunReference;
import ai.matih.ml.training.job.SomeJob;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** What is asked of ml-api, and what is made of its answers. */
class MlApiRunsTests {

  private final StubService server = new StubService("ml-api");
  private final MlApiRuns runs =
      new MlApiRuns(
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

  private boolean exists() {
    Job job = SomeJob.aJob().submittedAt(Instant.EPOCH);
    return runs.exists(job.tenant(), job.submittedBy(), "7");
  }

  @Test
  void only_an_active_experiment_is_there() {
    server.answer(200, "{\"id\":\"7\",\"name\":\"late\",\"lifecycle_stage\":\"active\"}");
    assertThat(exists()).isTrue();
    assertThat(server.request()).isEqualTo("GET /api/v1/ml/experiments/7");
    server.answer(200, "{\"id\":\"7\",\"lifecycle_stage\":\"deleted\"}");
    assertThat(exists()).isFalse();
    server.answer(404, "{}");
    assertThat(exists()).isFalse();
    server.answer(503, "{}");
    assertThatThrownBy(this::exists).isInstanceOf(EngineFailure.Unavailable.class);
  }

  @Test
  void a_job_without_an_experiment_gets_one_of_its_name_and_a_run_in_it() {
    Job job = SomeJob.aJob().submittedAt(Instant.EPOCH);
    server.answer(
        "GET /api/v1/ml/experiments",
        200,
        "{\"items\":[{\"id\":\"5\",\"name\":\"late-flights-2\"}]}");
    server.answer("POST /api/v1/ml/experiments", 201, "{\"id\":\"6\",\"name\":\"late-flights\"}");
    server.answer(
        "POST /api/v1/ml/experiments/6/runs", 201, "{\"run_id\":\"r1\",\"experiment_id\":\"6\"}");

    assertThat(runs.ensure(job)).isEqualTo(new RunReference("6", "r1"));
    assertThat(server.header("Idempotency-Key")).isEqualTo(job.id() + "-r1");
    assertThat(server.body()).contains("\"matih.job_id\":\"" + job.id() + "\"");
  }

  @Test
  void an_experiment_of_its_name_is_used_again() {
    server.answer(
        "GET /api/v1/ml/experiments",
        200,
        "{\"items\":[{\"id\":\"5\",\"name\":\"late-flights\"}]}");
    server.answer(
        "POST /api/v1/ml/experiments/5/runs", 201, "{\"run_id\":\"r1\",\"experiment_id\":\"5\"}");

    assertThat(runs.ensure(SomeJob.aJob().submittedAt(Instant.EPOCH)))
        .isEqualTo(new RunReference("5", "r1"));
  }

  @Test
  void an_attempt_becomes_the_writer_of_its_run_unless_the_run_is_over() {
    Job job = SomeJob.aJob().withRun("r1");
    server.answer(200, "{\"job_id\":\"%s\",\"attempt\":1}".formatted(job.id()));
    assertThat(runs.admitWriter(job)).isTrue();
    assertThat(server.request()).isEqualTo("PUT /api/v1/ml/experiments/runs/r1/writer");
    server.answer(409, "{}");
    assertThat(runs.admitWriter(job)).isFalse();
  }

  @Test
  void runs_below_a_run_that_seem_to_run_are_ended_as_killed() {
    Job job = SomeJob.aJob().withRun("r1");
    RunReference run = job.run().orElseThrow();
    server.answer("GET /api/v1/ml/experiments/7/runs", 200, "{\"items\":[]}");
    runs.endBelow(job.tenant(), job.submittedBy(), run);
    assertThat(server.request()).contains("parentRunId").contains("r1").contains("RUNNING");

    server.answer("GET /api/v1/ml/experiments/7/runs", 200, "{\"items\":[{\"run_id\":\"t1\"}]}");
    server.answer("PATCH /api/v1/ml/experiments/7/runs/t1", 503, "{}");
    assertThatThrownBy(() -> runs.endBelow(job.tenant(), job.submittedBy(), run))
        .isInstanceOf(EngineFailure.Unavailable.class);
    assertThat(server.request()).isEqualTo("PATCH /api/v1/ml/experiments/7/runs/t1");
    assertThat(server.body()).isEqualTo("{\"status\":\"killed\"}");

    // One that does not end is no reason to ask for ever.
    server.answer(
        "PATCH /api/v1/ml/experiments/7/runs/t1", 200, "{\"run_id\":\"t1\",\"status\":\"killed\"}");
    runs.endBelow(job.tenant(), job.submittedBy(), run);
    assertThat(server.request()).startsWith("GET /api/v1/ml/experiments/7/runs?filter=");
  }

  @Test
  void a_run_is_ended_and_one_that_has_ended_stays_so() {
    Job job = SomeJob.aJob().withRun("r1");
    server.answer(200, "{\"run_id\":\"r1\",\"status\":\"finished\"}");
    runs.end(job.tenant(), job.submittedBy(), job.run().orElseThrow(), RunOutcome.FINISHED);
    assertThat(server.request()).isEqualTo("PATCH /api/v1/ml/experiments/7/runs/r1");
    assertThat(server.body()).isEqualTo("{\"status\":\"finished\"}");
    server.answer(409, "{}");
    runs.end(job.tenant(), job.submittedBy(), job.run().orElseThrow(), RunOutcome.KILLED);
    assertThat(server.body()).isEqualTo("{\"status\":\"killed\"}");
  }
}
