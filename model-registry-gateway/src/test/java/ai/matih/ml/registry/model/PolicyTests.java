package ai.matih.ml.registry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.registry.Json;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTests {

  @Test
  void an_undeclared_policy_asks_for_the_careful_defaults() {
    Policy policy = Json.read("{}", Policy.class);
    assertThat(policy).isEqualTo(Policy.UNDECLARED);
    assertThat(policy.approvalsNeeded()).isEqualTo(1);
    assertThat(policy.acceptedVerdicts()).containsExactly(Policy.AbVerdict.BETTER);
    assertThat(policy.quietPeriod()).isEqualTo(Duration.ofMinutes(1));
    assertThat(policy.acceptsSelfReportedMetrics()).isFalse();
  }

  @Test
  void a_policy_is_stored_and_read_back_as_it_was() {
    Policy policy =
        Json.read(
            """
            {"baseline":[{"metric":"auc","min":0.7,"not_worse_than_production":{"tolerance":0.01}},
                         {"metric":"my_cost","max":3,"not_worse_than_production":{},"direction":"MINIMIZE"}],
             "required_tests":["unit_tests","integration_tests"],"approvals":{"needed":2},
             "ab_test":{"accept":["NOT_WORSE","BETTER"]},"drain":{"quiet_period":"PT10M"},
             "accept_self_reported_metrics":true,"latency_budget":"PT0.02S",
             "evaluation":{"dataset":"dataset:flights","target_column":"late"}}
            """,
            Policy.class);
    assertThat(Json.read(Json.write(policy), Policy.class)).isEqualTo(policy);
    assertThat(policy.baseline().get(1).better()).isEqualTo(Direction.MINIMIZE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"baseline\":[{\"metric\":\"auc\"}]}",
        "{\"baseline\":[{\"metric\":\"\",\"min\":1}]}",
        "{\"baseline\":[{\"metric\":\"auc\",\"min\":2,\"max\":1}]}",
        "{\"baseline\":[{\"metric\":\"auc\",\"min\":\"NaN\"}]}",
        "{\"baseline\":[{\"metric\":\"odd\",\"not_worse_than_production\":{}}]}",
        "{\"baseline\":[{\"metric\":\"auc\",\"not_worse_than_production\":{\"tolerance\":-1}}]}",
        "{\"required_tests\":[\"platform_checks\"]}",
        "{\"required_tests\":[\"Unit Tests\"]}",
        "{\"approvals\":{\"needed\":0}}",
        "{\"ab_test\":{\"accept\":[]}}",
        "{\"ab_test\":{\"accept\":[\"WORSE\"]}}",
        "{\"drain\":{\"quiet_period\":\"-PT1S\"}}",
        "{\"latency_budget\":\"PT0S\"}",
        "{\"latency_budget\":\"PT11S\"}",
        "{\"evaluation\":{\"dataset\":\"s3://datasets/acme/x\",\"target_column\":\"late\"}}",
        "{\"evaluation\":{\"dataset\":\"dataset:flights@sha256:12\",\"target_column\":\"late\"}}",
        "{\"evaluation\":{\"dataset\":\"dataset:flights\",\"target_column\":\" \"}}"
      })
  void a_policy_that_would_wave_things_through_is_refused(String json) {
    assertThatThrownBy(() -> Json.read(json, Policy.class))
        .hasRootCauseInstanceOf(IllegalArgumentException.class);
  }
}
