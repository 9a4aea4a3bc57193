package ai.matih.ml.serving.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The design of a roll-out ... */
class RolloutDesignFormTests {

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private static RolloutDesign read(String body) {
    return JSON.readValue("{" + body + "}", RolloutDesignForm.class).design("traffic.rollout.");
  }

  @Test
  void has_defaults() {
    RolloutDesign design = read("\"steps\":[{\"weight_bps\":500},{\"weight_bps\":10000}]");
    assertThat(design.steps())
        .extracting(RolloutDesign.Step::dwell)
        .containsOnly(Duration.ofMinutes(10));
    assertThat(design.steps().getFirst().minimumRequests()).isEqualTo(100);
    assertThat(design.breaker()).isEqualTo(new RolloutDesign.Breaker(5, 20));
    assertThat(design.slow()).isEqualTo(new RolloutDesign.Slow(0.95, 2));
    assertThat(design.errorTest().alpha()).isCloseTo(0.035, within(1e-12));
    assertThat(design.quality()).isEmpty();
    assertThat(design.maxDuration()).isEqualTo(Duration.ofDays(30));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "|steps",
        "\"steps\":[]|steps",
        "\"steps\":[null]|steps[0]",
        "\"steps\":[{}]|steps[0].weight_bps",
        "\"steps\":[{\"weight_bps\":0}]|steps[0].weight_bps",
        "\"steps\":[{\"weight_bps\":10001}]|steps[0].weight_bps",
        "\"steps\":[{\"weight_bps\":5},{\"weight_bps\":5}]|steps[1].weight_bps",
        "\"steps\":[{\"weight_bps\":10000},{\"weight_bps\":5}]|steps[1].weight_bps",
        "\"steps\":[{\"weight_bps\":5,\"dwell\":\"soon\"}]|steps[0].dwell",
        "\"steps\":[{\"weight_bps\":5,\"dwell\":\"PT-1S\"}]|steps[0].dwell",
        "\"steps\":[{\"weight_bps\":5,\"dwell\":\"P367D\"}]|steps[0].dwell",
        "\"steps\":[{\"weight_bps\":5,\"minimum_requests\":-1}]|steps[0].minimum_requests",
        "\"steps\":[{\"weight_bps\":5,\"minimum_outcomes\":-1}]|steps[0].minimum_outcomes",
        "\"steps\":[{\"weight_bps\":5}],\"errors\":{\"tolerance\":0.9}|errors.tolerance",
        "\"steps\":[{\"weight_bps\":5}],\"latency\":{\"quantile\":1}|latency.quantile",
        "\"steps\":[{\"weight_bps\":5}],\"latency\":{\"tolerance\":101}|latency.tolerance",
        "\"steps\":[{\"weight_bps\":5}],\"quality\":{\"metric\":\"A b\"}|quality.metric",
        "\"steps\":[{\"weight_bps\":5}],\"quality\":{\"direction\":\"up\"}|quality.direction",
        "\"steps\":[{\"weight_bps\":5}],\"quality\":{\"threshold\":\"NaN\"}|quality.threshold",
        "\"steps\":[{\"weight_bps\":5}],\"quality\":{\"tolerance\":0}|quality.tolerance",
        "\"steps\":[{\"weight_bps\":5}],\"breaker\":{\"errors\":0}|breaker.errors",
        "\"steps\":[{\"weight_bps\":5}],\"breaker\":{\"requests\":0}|breaker.requests",
        "\"steps\":[{\"weight_bps\":5}],\"breaker\":{\"errors\":9,\"requests\":8}|breaker.requests",
        "\"steps\":[{\"weight_bps\":5}],\"alpha\":0.5|alpha",
        "\"steps\":[{\"weight_bps\":5}],\"freeze\":[null]|freeze[0].from",
        "\"steps\":[{\"weight_bps\":5}],\"freeze\":[{\"until\":\"2026-01-01T00:00:00Z\"}]|freeze[0].from",
        "\"steps\":[{\"weight_bps\":5}],\"freeze\":[{\"from\":\"2026-01-01T00:00:00Z\"}]|freeze[0].until",
        "\"steps\":[{\"weight_bps\":5}],\"freeze\":[{\"from\":\"2026-01-02T00:00:00Z\",\"until\":\"2026-01-01T00:00:00Z\"}]|freeze[0].until",
        "\"steps\":[{\"weight_bps\":5}],\"max_duration\":\"PT0S\"|max_duration",
      })
  void names_a_field_that_is_wrong(String body, String field) {
    refused(body == null ? "" : body, field);
  }

  @Test
  void has_no_endless_lists() {
    refused("\"steps\":[%s]".formatted(String.join(",", Collections.nCopies(21, "{}"))), "steps");
    refused(
        "\"steps\":[{\"weight_bps\":5}],\"freeze\":[%s]"
            .formatted(String.join(",", Collections.nCopies(101, "{}"))),
        "freeze");
  }

  private static void refused(String body, String field) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(violations(problem)).containsExactly("traffic.rollout." + field));
  }

  private static List<String> violations(Problem problem) {
    return problem.violations().stream().map(Violation::field).toList();
  }
}
