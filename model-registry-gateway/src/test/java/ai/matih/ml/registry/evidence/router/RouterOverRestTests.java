package ai.matih.ml.registry.evidence.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.registry.artifact.Digest;
import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.EvidenceSettings;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.evidence.ServingRouter.Answer;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.fixture.StubServer;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy.AbVerdict;
import ai.matih.ml.registry.model.Stage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import org.springframework.web.client.RestClient;

/** What is said to the router and what is made of its answers. */
class RouterOverRestTests {

  private static final ModelVersion VERSION = Samples.version(3, Stage.STAGING);

  private final StubServer server = new StubServer();
  private final RouterOverRest router =
      new RouterOverRest(
          new ServiceClients(
              new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
              new ServiceTokens(TestTokens.signer("model-registry-gateway"), Clock.systemUTC())),
          new EvidenceSettings(
              server.url(), DataSize.ofMegabytes(1), Duration.ofSeconds(5), Duration.ofSeconds(1)));

  @AfterEach
  void stop() {
    server.close();
  }

  private static <T> T here(Supplier<T> work) {
    return TenantScope.call(new Tenant("acme"), work);
  }

  private Serving serving() {
    return here(() -> router.serving(VERSION.model(), VERSION.number()));
  }

  @Test
  void a_trial_names_the_files_and_reads_the_checks() {
    server.answer(
        200,
        """
        {"checks":[{"name":"loads","outcome":"passed","detail":"ok","measured":{"ms":12},"new":1},
                   {"name":"latency","outcome":"skipped","detail":"?"}]}
        """);
    List<Check> checks = here(() -> router.trial(VERSION, "s3://models/acme/x/"));

    assertThat(checks).extracting(Check::name).containsExactly("loads", "latency");
    assertThat(checks).extracting(Check::outcome).containsExactly(Outcome.PASSED, Outcome.FAILED);
    assertThat(server.request()).isEqualTo("POST /api/v1/ml/deployments/trials");
    assertThat(server.body())
        .contains(
            "\"model_id\":\"churn\"",
            "\"version\":3",
            "\"uri\":\"s3://models/acme/x/\"",
            VERSION.bundle().digest().value(),
            "\"MLmodel\"");
    assertThat(server.header("Authorization")).startsWith("Bearer ");
  }

  @Test
  void the_facts_of_a_drain_are_read() {
    server.answer(
        200,
        """
        {"model_id":"churn","version":3,"traffic_revision":4,"weight_bps":250,"acknowledged_by_all":false,"in_flight":2,
         "deployments":[{"id":"d1","status":"ready"},{"id":"d0","status":"stopped"},{"id":"dx","status":"failed"}],
         "pinned_callers":[{"principal":"user:batch","last_seen_at":"2026-11-23T08:00:00Z"}],
         "last_request_at":"2026-11-23T08:00:00Z"}
        """);
    assertThat(serving())
        .isEqualTo(
            new Serving(
                true,
                List.of("d1"),
                250,
                false,
                2,
                List.of("user:batch"),
                Optional.of(Instant.parse("2026-11-23T08:00:00Z"))));
    assertThat(server.request()).isEqualTo("GET /api/v1/ml/models/churn/versions/3/serving");
  }

  @Test
  void a_version_that_the_router_never_heard_of_is_served_by_nobody() {
    server.answer(404, "{}");
    assertThat(serving()).isEqualTo(Serving.NOBODY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"weight_bps\":0,\"in_flight\":0}",
        "{\"weight_bps\":0,\"acknowledged_by_all\":true}",
        "{\"acknowledged_by_all\":true,\"in_flight\":0}"
      })
  void a_missing_fact_is_no_good_news(String body) {
    server.answer(200, body);
    assertThatThrownBy(this::serving).isInstanceOf(EngineFailure.Misbehaved.class);
  }

  @Test
  void rows_are_asked_for_pinned_to_the_version() {
    server.answer(
        200, "{\"model_version\":3,\"predictions\":[1,0],\"probabilities\":[[0.1,0.9],[0.8,0.2]]}");
    List<Answer> answers =
        here(
            () ->
                router.predict(
                    VERSION.model(), VERSION.number(), List.of(Map.of("x", 1.5), Map.of())));

    assertThat(answers)
        .containsExactly(
            new Answer(1, Optional.of(List.of(0.1, 0.9))),
            new Answer(0, Optional.of(List.of(0.8, 0.2))));
    assertThat(server.body())
        .contains(
            "\"instances\":[{\"x\":1.5},{}]", "\"version\":3", "\"return_probabilities\":true");
  }

  @Test
  void an_answer_of_another_version_is_none() {
    server.answer(200, "{\"model_version\":2,\"predictions\":[1]}");
    assertThatThrownBy(
            () -> here(() -> router.predict(VERSION.model(), VERSION.number(), List.of(Map.of()))))
        .isInstanceOf(EngineFailure.Misbehaved.class);
  }

  @Test
  void live_tests_are_read_with_what_they_tested() {
    String digest = VERSION.bundle().digest().value();
    server.answer(
        200, "{\"items\":[{\"digest\":\"%s\",\"verdict\":\"not_worse\"}]}".formatted(digest));
    assertThat(here(() -> router.abTests(VERSION.model(), VERSION.number())))
        .containsExactly(new AbTest(new Digest(digest), AbVerdict.NOT_WORSE));
    server.answer(
        200, "{\"items\":[{\"digest\":\"%s\",\"verdict\":\"splendid\"}]}".formatted(digest));
    assertThatThrownBy(() -> here(() -> router.abTests(VERSION.model(), VERSION.number())))
        .isInstanceOf(EngineFailure.Misbehaved.class);
  }

  @Test
  void a_stage_change_is_told() {
    server.answer(204, "");
    TenantScope.run(
        new Tenant("acme"),
        () -> router.stageChanged(VERSION.model(), VERSION.number(), Stage.PRODUCTION));
    assertThat(server.request()).isEqualTo("POST /api/v1/ml/deployments/stage-changes");
    assertThat(server.body())
        .isEqualTo("{\"model_id\":\"churn\",\"version\":3,\"stage\":\"production\"}");
  }

  @Test
  void the_three_failures_are_told_apart() {
    server.answer(422, "{}");
    assertThatThrownBy(this::serving).isInstanceOf(EngineFailure.Refused.class);
    server.answer(500, "{}");
    assertThatThrownBy(this::serving).isInstanceOf(EngineFailure.Misbehaved.class);
    server.answer(503, "{}");
    assertThatThrownBy(this::serving).isInstanceOf(EngineFailure.Unavailable.class);
    server.close();
    assertThatThrownBy(this::serving).isInstanceOf(EngineFailure.Unavailable.class);
  }
}
