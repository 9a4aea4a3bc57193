package ai.matih.ml.registry.evidence.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.registry.evidence.Examination;
import ai.matih.ml.registry.evidence.VersionJobs;
import ai.matih.ml.registry.fixture.VersionJobsContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** What is asked of the training orchestrator, in its own words. */
class VersionJobsOverRestTests extends VersionJobsContract {

  private final StubService server = new StubService("training-orchestrator");
  private final VersionJobsOverRest jobs =
      new VersionJobsOverRest(
          new ServiceClients(
              new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
              new ServiceTokens(TestTokens.signer("model-registry-gateway"), Clock.systemUTC())),
          new Addresses(Map.of("training", server.url()), Map.of()));

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected VersionJobs jobs() {
    return jobs;
  }

  /** As the orchestrator writes a job, with more fields than are read. */
  private void job(Examination examination, String status, int percent, String more) {
    String job =
        """
        {"job_id":"job-%s","kind":"evaluation","name":"n","status":"%s","attempt":1,
         "progress":{"percent":%d,"phase":"evaluating"},"metrics":{},"conditions":[],
         "about":{"model_id":"churn","version":3,"digest":"%s","package_digest":"%s","package_uploaded_by":"user:mallory"}%s}
        """
            .formatted(examination.id(), status, percent, VERSION.bundle().digest(), PACKAGE, more);
    server.answer(200, job);
    server.answer("/evaluations", 202, job);
    server.answer("/tests", 202, job);
  }

  @Override
  protected void givenTakesWork(Examination examination) {
    job(examination, "running", 40, "");
  }

  @Override
  protected void givenRefuses(String reason) {
    server.answer(
        400,
        "{\"code\":\"Common:InvalidRequest\",\"violations\":[{\"field\":\"dataset\",\"message\":\"%s\"}]}"
            .formatted(reason));
  }

  @Override
  protected void givenAway() {
    server.close();
  }

  @Override
  protected void givenMeasured(Examination examination) {
    job(
        examination,
        "succeeded",
        100,
        """
        ,"measured":{"digest":"%s","data_digest":"%s","target_column":"late","rows":500,"rows_without_target":0,
          "metrics":{"auc":0.8},"engine":"onnxruntime 1.32"}"""
            .formatted(VERSION.bundle().digest(), DATA));
  }

  @Override
  protected void givenTested(Examination examination) {
    job(
        examination,
        "succeeded",
        100,
        """
        ,"tested":{"digest":"%s","package_digest":"%s","exit_status":0,"report_digest":"sha256:r"}"""
            .formatted(VERSION.bundle().digest(), PACKAGE));
  }

  @Override
  protected void givenFailed(Examination examination, String why) {
    job(
        examination,
        "failed",
        20,
        ",\"failure\":{\"code\":\"missing_column\",\"message\":\"%s\"}".formatted(why));
  }

  @Override
  protected void givenNoJobs() {
    server.answer(404, "{}");
  }

  @Test
  void an_evaluation_names_the_version_by_its_digest_and_never_by_an_address() {
    Examination examination = anEvaluation();
    givenTakesWork(examination);
    here(() -> jobs.ask(examination, VERSION));

    assertThat(server.request()).isEqualTo("POST /api/v1/ml/training/evaluations");
    assertThat(server.header("Idempotency-Key")).isEqualTo(examination.id().toString());
    assertThat(server.body())
        .contains(
            "\"digest\":\"" + VERSION.bundle().digest() + "\"",
            "\"files\":{\"MLmodel\":",
            "\"dataset\":\"dataset:flights@" + DATA + "\"",
            "\"target_column\":\"late\"",
            "\"requested_by\":\"user:alice\"")
        .doesNotContain("s3://");
  }

  @Test
  void tests_name_their_package() {
    Examination examination = someTests();
    givenTakesWork(examination);
    here(() -> jobs.ask(examination, VERSION));

    assertThat(server.request()).isEqualTo("POST /api/v1/ml/training/tests");
    assertThat(server.body()).contains("\"package_digest\":\"" + PACKAGE + "\"");
  }

  @Test
  void what_is_about_us_is_no_verdict_on_the_work() {
    for (int status : new int[] {401, 403, 409, 429, 500}) {
      server.answer(status, "{\"code\":\"Common:IdempotencyInProgress\"}");
      assertThatThrownBy(() -> here(() -> jobs.ask(anEvaluation(), VERSION)))
          .as("status %d", status)
          .isInstanceOf(EngineFailure.class);
    }
    server.answerAgainstContract(200, "no json");
    assertThatThrownBy(() -> here(() -> jobs.ask(anEvaluation(), VERSION)))
        .isInstanceOf(EngineFailure.class);
    assertThatThrownBy(() -> here(() -> jobs.find("0"))).isInstanceOf(EngineFailure.class);
  }

  @Test
  void a_report_is_read_as_it_is() {
    server.answer(200, "<testsuites/>");
    assertThat(here(() -> jobs.report("job-1"))).isEqualTo("<testsuites/>");
    assertThat(server.request()).isEqualTo("GET /api/v1/ml/training/jobs/job-1/report");
  }
}
