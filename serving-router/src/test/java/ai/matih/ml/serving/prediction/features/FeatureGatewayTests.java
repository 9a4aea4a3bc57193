package ai.matih.ml.serving.prediction.features;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.fixture.ServiceClient;
import ai.matih.ml.serving.prediction.FeatureRow;
import ai.matih.ml.serving.prediction.FeatureRow.Absence;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked of feature-gateway, and what is made of its answers. */
class FeatureGatewayTests {

  private final StubService server = new StubService("feature-gateway");
  private final FeatureGateway gateway =
      new FeatureGateway(ServiceClient.to("features", server.url()));

  @AfterEach
  void stop() {
    server.close();
  }

  private List<FeatureRow> values() {
    return TenantScope.call(
        TENANT,
        () ->
            gateway.values(
                new FeatureSource(
                    List.of("weather:temp", "weather:wind"), Optional.empty(), List.of("origin")),
                Map.of("origin", List.of("JFK", "XXX"))));
  }

  @Test
  void values_come_with_what_is_absent() {
    server.answer(
        200,
        """
        {"feature_names":["weather:temp","weather:wind"],"rows":[
          {"entity":{"origin":"JFK"},"values":{
            "weather:temp":{"value":1.5,"status":"present","event_timestamp":"2026-11-01T00:00:00Z"},
            "weather:wind":{"status":"null"}}},
          {"entity":{"origin":"XXX"},"values":{
            "weather:temp":{"status":"not_found"},"weather:wind":{"status":"outside_max_age"}},
           "absent":{"weather:temp":"not_found","weather:wind":"outside_max_age"}}]}
        """);

    assertThat(values())
        .containsExactly(
            new FeatureRow(Map.of("weather:temp", 1.5), Map.of()),
            new FeatureRow(
                Map.of(),
                Map.of(
                    "weather:temp", Absence.NOT_FOUND, "weather:wind", Absence.OUTSIDE_MAX_AGE)));
    assertThat(server.request()).isEqualTo("POST /api/v1/ml/features/serve");
    assertThat(server.body())
        .contains("\"features\":[\"weather:temp\",\"weather:wind\"]", "\"origin\":[\"JFK\"");
  }

  @Test
  void whoever_is_away_refuses_or_answers_something_else_is_unavailable() {
    for (int status : List.of(404, 409, 500, 503)) {
      server.answer(status, "{}");
      unavailable();
    }
    for (String answer :
        List.of(
            "{}",
            "{\"rows\":[]}",
            "{\"rows\":[{},{}]}",
            "{\"rows\":[{\"values\":{},\"absent\":{\"weather:temp\":\"gone\"}},{\"values\":{}}]}")) {
      server.answerAgainstContract(200, answer);
      unavailable();
    }
  }

  private void unavailable() {
    assertThatThrownBy(this::values)
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.error()).isEqualTo(ServingError.FEATURES_UNAVAILABLE);
              assertThat(problem.retryAfter()).isPresent();
            });
  }
}
