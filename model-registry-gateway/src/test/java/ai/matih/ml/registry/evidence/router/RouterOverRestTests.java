package ai.matih.ml.registry.evidence.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.GoldenRows.Answer;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.EvidenceSettings;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.evidence.ServingRouter.Engine;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.evidence.ServingRouter.ShadowComparison;
import ai.matih.ml.registry.fixture.ServingRouterContract;
import ai.matih.ml.registry.model.Stage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import org.springframework.web.client.RestClient;

/** What is said to the router and what is made of its answers. */
class RouterOverRestTests extends ServingRouterContract {

  private final StubService server = new StubService("serving-router");
  private final RouterOverRest router =
      new RouterOverRest(
          new ServiceClients(
              new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
              new ServiceTokens(TestTokens.signer("model-registry-gateway"), Clock.systemUTC())),
          new Addresses(Map.of("serving", server.url(), "predictions", server.url()), Map.of()),
          new EvidenceSettings(
              DataSize.ofMegabytes(1),
              Duration.ofSeconds(5),
              Duration.ofSeconds(1),
              Duration.ofSeconds(1)));

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected ServingRouter router() {
    return router;
  }

  @Override
  protected void givenServing(Serving serving) {
    server.answer(
        200,
        Json.write(
            Map.of(
                "model_id", "churn",
                "version", 3,
                "traffic_revision", 4,
                "weight_bps", serving.weightBps(),
                "acknowledged_by_all", serving.acknowledged(),
                "in_flight", serving.inFlight(),
                "deployments",
                    List.of(
                        Map.of("id", serving.deployments().getFirst(), "status", "ready"),
                        Map.of("id", "d0", "status", "stopped"),
                        Map.of("id", "dx", "status", "failed")),
                "pinned_callers",
                    serving.pinnedCallers().stream()
                        .map(
                            who -> Map.of("principal", who, "last_seen_at", "2026-11-23T08:00:00Z"))
                        .toList(),
                "last_request_at", serving.lastRequestAt().orElseThrow().toString())));
  }

  @Override
  protected void givenInService(Serving serving) {
    server.answer(
        "/deployments",
        200,
        Json.write(
            Map.of(
                "items",
                List.of(
                    Map.of("id", "d1", "version", VERSION.number(), "status", "ready"),
                    Map.of("id", "d0", "version", 2, "status", "stopped"),
                    Map.of("id", "dx", "version", 2, "status", "failed")))));
    server.answer(
        "/traffic",
        200,
        Json.write(
            Map.of(
                "targets",
                List.of(
                    Map.of("version", VERSION.number(), "weight_bps", serving.weightBps()),
                    Map.of("version", 1, "weight_bps", 0)),
                "acknowledged_by_all",
                serving.acknowledged())));
  }

  /** Each on a page of its own. */
  @Override
  protected void givenShadows(ShadowComparison... seen) {
    for (int i = 0; i < seen.length; i++) {
      Map<String, Object> page = new HashMap<>();
      page.put(
          "items",
          List.of(
              Map.of(
                  "id",
                  "s-" + i,
                  "status",
                  "running",
                  "digest",
                  seen[i].digest().value(),
                  "sample_bps",
                  seen[i].sampleBps(),
                  "comparisons",
                  List.of(comparison(seen[i])))));
      if (i + 1 < seen.length) {
        page.put("next_page_token", "t" + (i + 1));
      }
      server.answer(
          "/models/%s/shadows?page_size=500&page_token=%s"
              .formatted(VERSION.model().slug(), i == 0 ? "" : "t" + i),
          200,
          Json.write(page));
    }
  }

  private static Map<String, Object> comparison(ShadowComparison seen) {
    Map<String, Object> item = new HashMap<>();
    item.put("version", seen.with().value());
    item.put("rows", seen.rows());
    item.put("answers", seen.answers());
    item.put("failed", seen.unanswered());
    item.put("incomparable", 0);
    item.put("dropped", seen.dropped());
    seen.agreement().ifPresent(share -> item.put("agreement", share));
    seen.meanScoreShift().ifPresent(shift -> item.put("mean_score_shift", shift));
    return item;
  }

  @Override
  protected void givenAbTests(AbTest... tests) {
    server.answer(
        200,
        Json.write(
            Map.of(
                "items",
                Stream.of(tests)
                    .map(
                        test -> {
                          Map<String, Object> item = new java.util.HashMap<>();
                          item.put("id", "t-1");
                          item.put("status", test.open() ? "waiting" : "concluded");
                          item.put("version", 3);
                          item.put("digest", test.digest().value());
                          item.put("verdict", test.verdict().name().toLowerCase(Locale.ROOT));
                          test.control().ifPresent(c -> item.put("control_digest", c.value()));
                          return item;
                        })
                    .toList())));
  }

  @Override
  protected void givenPredictions(List<Integer> xs, List<Double> probabilities) {
    server.answer(
        200,
        Json.write(
            Map.of(
                "model_version",
                3,
                "variant",
                "pinned",
                "predictions",
                xs,
                "probabilities",
                xs.stream().map(_ -> probabilities).toList())));
  }

  @Override
  protected void givenTrial(String failing) {
    server.answer(
        200,
        Json.write(
            Map.of(
                "checks",
                Stream.of(
                        "loads",
                        "digest",
                        "signature",
                        "golden_rows",
                        "determinism",
                        "missing_values",
                        "boundary_values",
                        "latency")
                    .map(
                        name ->
                            Map.of(
                                "name",
                                name,
                                "outcome",
                                name.equals(failing) ? "failed" : "passed",
                                "detail",
                                "so it was",
                                "measured",
                                Map.of("ms", 3)))
                    .toList())));
  }

  @Override
  protected void givenRestorable(long revision) {
    server.answer(200, "{\"model_id\":\"churn\",\"revision\":" + revision + ",\"targets\":[]}");
  }

  @Override
  protected void givenNotDeployed() {
    server.answer(409, "{\"code\":\"Serving:NotDeployed\"}");
  }

  @Override
  protected void givenUnknownVersion() {
    server.answer(404, "{}");
  }

  @Override
  protected void givenAway() {
    server.close();
  }

  @Test
  void a_trial_names_the_files_and_reads_the_checks() {
    server.answerAgainstContract(
        200,
        """
        {"checks":[{"name":"loads","outcome":"passed","detail":"ok","measured":{"ms":12},"new":1},
                   {"name":"latency","outcome":"skipped","detail":"?"}]}
        """);
    List<Check> checks =
        here(
            () ->
                router.trial(
                    VERSION,
                    Engine.RAY_SERVE,
                    "s3://models/acme/x/",
                    Optional.of(Duration.ofMillis(20))));

    assertThat(checks).extracting(Check::name).containsExactly("loads", "latency");
    assertThat(checks).extracting(Check::outcome).containsExactly(Outcome.PASSED, Outcome.NOT_RUN);
    assertThat(server.request()).isEqualTo("POST /api/v1/ml/deployments/bundle-checks");
    assertThat(server.body())
        .contains(
            "\"engine\":\"ray_serve\"",
            "\"model_id\":\"churn\"",
            "\"version\":3",
            "\"latency_budget\":\"PT0.02S\"",
            "\"uri\":\"s3://models/acme/x/\"",
            VERSION.bundle().digest().value(),
            "\"MLmodel\"");
    assertThat(server.header("Authorization")).startsWith("Bearer ");
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
        .containsExactly(new Answer(1, List.of(0.1, 0.9)), new Answer(0, List.of(0.8, 0.2)));
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
  void a_verdict_that_nobody_knows_is_no_answer() {
    String digest = VERSION.bundle().digest().value();
    server.answerAgainstContract(
        200, "{\"items\":[{\"digest\":\"%s\",\"verdict\":\"splendid\"}]}".formatted(digest));
    assertThatThrownBy(this::abTests).isInstanceOf(EngineFailure.Misbehaved.class);
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
  void a_restore_is_named_and_its_reason_fits() {
    server.answer(200, "{\"revision\":7}");
    UUID name = UUID.randomUUID();
    here(() -> router.restoreTraffic(VERSION.model(), VERSION.number(), "x".repeat(2000), name));
    assertThat(server.request()).isEqualTo("POST /api/v1/ml/models/churn/traffic/restore");
    assertThat(server.body())
        .contains("\"version\":3", "\"restore_id\":\"" + name, "\"" + "x".repeat(1000) + "\"");
    server.answer(200, "{}");
    assertThatThrownBy(
            () -> here(() -> router.restoreTraffic(VERSION.model(), VERSION.number(), "x", name)))
        .isInstanceOf(EngineFailure.Misbehaved.class);
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
