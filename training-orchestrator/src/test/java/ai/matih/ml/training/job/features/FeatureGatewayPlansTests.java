package ai.matih.ml.training.job.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.training.job.FeaturePlan;
import ai.matih.ml.training.job.FeaturePlans.PlanRefused;
import ai.matih.ml.training.job.SomeJob;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** What is asked of feature-gateway, and what is made of its answers. */
class FeatureGatewayPlansTests {

  private static final String PLAN =
      """
      {"project":"acme","views":[{"name":"weather","source_uri":"s3://datasets/%s/weather.parquet",
        "timestamp_column":"time_hour","ttl_seconds":7200,"join_keys":["origin"],
        "features":[{"name":"temp","column":"temp","type":"double"}]}]}
      """;

  private final StubService server = new StubService("feature-gateway");
  private final FeatureGatewayPlans plans =
      new FeatureGatewayPlans(
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

  private FeaturePlan plan() throws PlanRefused {
    return plans.plan(SomeJob.aJob().onFeatures().submittedAt(Instant.EPOCH));
  }

  @Test
  void a_plan_names_files_and_columns() throws PlanRefused {
    server.answer(200, PLAN.formatted("acme"));
    FeaturePlan plan = plan();

    assertThat(plan.views()).hasSize(1);
    assertThat(plan.views().getFirst().joinKeys()).containsExactly("origin");
    assertThat(plan.views().getFirst().ttlSeconds()).isEqualTo(7200);
    assertThat(server.request()).isEqualTo("POST /api/v1/ml/features/plan");
    assertThat(server.body()).isEqualTo("{\"feature_service\":\"flights\"}");
  }

  @Test
  void files_of_another_tenant_and_no_files_at_all_are_refused() {
    server.answer(200, PLAN.formatted("other"));
    assertThatThrownBy(this::plan).isInstanceOf(PlanRefused.class);
    server.answer(200, "{\"views\":[]}");
    assertThatThrownBy(this::plan).isInstanceOf(PlanRefused.class);
  }

  @Test
  void a_refusal_says_why_and_silence_is_none() {
    server.answer(
        400, "{\"violations\":[{\"field\":\"feature_service\",\"message\":\"is not known\"}]}");
    assertThatThrownBy(this::plan)
        .isInstanceOf(PlanRefused.class)
        .hasMessageContaining("feature_service is not known");
    server.answerAgainstContract(200, "no json");
    assertThatThrownBy(this::plan).isInstanceOf(EngineFailure.Misbehaved.class);
    server.answer(503, "{}");
    assertThatThrownBy(this::plan).isInstanceOf(EngineFailure.Unavailable.class);
  }
}
