package ai.matih.ml.features.catalog.training;

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
import ai.matih.ml.features.catalog.Datasets;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** What is asked of training-orchestrator about a data set, and what is made of its answers. */
class DatasetsOverRestTests {

  private static final String DIGEST = "sha256:" + "a".repeat(64);
  private static final String TRIPS =
      """
      {"name":"trips","digest":"%1$s","source":"dataset:trips@%1$s","rows":3,
       "uri":"s3://datasets/acme/trips/a.parquet","size_bytes":10,"columns":[]}\
      """
          .formatted(DIGEST);

  private final StubService server = new StubService("training-orchestrator");
  private final DatasetsOverRest datasets =
      new DatasetsOverRest(
          new ServiceClients(
              new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
              new ServiceTokens(TestTokens.signer("feature-gateway"), Clock.systemUTC())),
          new Addresses(Map.of("training", server.url()), Map.of()));

  @AfterEach
  void stop() {
    server.close();
  }

  private Optional<Datasets.Version> find(String reference) {
    return TenantScope.call(new Tenant("acme"), () -> datasets.find(reference));
  }

  @Test
  void a_name_is_the_newest_version_and_a_digest_is_that_one() {
    server.answer(200, TRIPS);
    Datasets.Version version =
        new Datasets.Version("dataset:trips@" + DIGEST, "s3://datasets/acme/trips/a.parquet");

    assertThat(find("dataset:trips")).contains(version);
    assertThat(server.request()).isEqualTo("GET /api/v1/ml/training/datasets/trips");
    assertThat(find("dataset:trips@" + DIGEST)).contains(version);
    assertThat(server.request())
        .isEqualTo("GET /api/v1/ml/training/datasets/trips?digest=" + DIGEST.replace(":", "%3A"));
    assertThat(server.header("Authorization")).startsWith("Bearer ");
  }

  @Test
  void what_is_not_there_is_no_version_and_no_answer_is_a_failure() {
    server.answer(404, "{\"code\":\"Training:DatasetNotFound\"}");
    assertThat(find("dataset:trips")).isEmpty();
    server.answer(400, "{\"code\":\"Common:InvalidRequest\"}");
    assertThat(find("dataset:trips@sha256:" + "1".repeat(64))).isEmpty();
    server.answer(403, "{\"code\":\"Common:Forbidden\"}");
    assertThatThrownBy(() -> find("dataset:trips")).isInstanceOf(EngineFailure.Refused.class);
    server.answer(503, "{}");
    assertThatThrownBy(() -> find("dataset:trips")).isInstanceOf(EngineFailure.Unavailable.class);
    server.answerAgainstContract(200, "{\"name\":\"trips\"}");
    assertThatThrownBy(() -> find("dataset:trips")).isInstanceOf(EngineFailure.Misbehaved.class);
  }
}
