package ai.matih.ml.serving.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.rollout.RolloutPlan.Strategy;
import ai.matih.ml.serving.traffic.Weight;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A roll-out ... */
class AdvanceRolloutTests {

  private final InMemoryServing serving = new InMemoryServing();

  @Test
  void gives_a_canary_its_share_and_lets_the_others_keep_their_proportions() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    serving.ready(2, Stage.STAGING, RolloutPlan.canary(new Weight(2500)));
    serving.ready(3, Stage.STAGING, RolloutPlan.canary(new Weight(1000)));

    assertThat(List.of(serving.weight(1), serving.weight(2), serving.weight(3)))
        .containsExactly(6750, 2250, 1000);
    assertThat(serving.trafficNow().split().targets())
        .extracting(target -> target.variant())
        .containsExactly("stable", "canary", "canary-3");
    assertThat(serving.trafficNow().changedBy()).isEqualTo("user:alice");
  }

  @Test
  void that_is_direct_gives_everything() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    serving.ready(2, Stage.PRODUCTION, RolloutPlan.DIRECT);
    assertThat(serving.weight(2)).isEqualTo(10_000);
    assertThat(serving.weight(1)).isZero();
  }

  @Test
  void that_is_not_allowed_ends_and_leaves_the_traffic_as_it_is() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    serving.ready(2, Stage.STAGING, RolloutPlan.canary(new Weight(4000)));
    // Allowed alone, but not together with the other version in Staging.
    Deployment third = serving.ready(3, Stage.STAGING, RolloutPlan.canary(new Weight(4000)));

    assertThat(serving.weight(2)).isEqualTo(4000);
    assertThat(serving.weight(3)).isZero();
    assertThat(third.rollout().isOver()).isTrue();
    assertThat(third.rollout().strategy()).isEqualTo(Strategy.CANARY);
    assertThat(third.reason())
        .hasValueSatisfying(
            why -> assertThat(why).startsWith("The traffic stays as it is. ").contains("Staging"));
  }

  @Test
  void cannot_be_what_it_is_not() {
    assertThatThrownBy(() -> RolloutPlan.canary(Weight.ALL))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RolloutPlan.canary(Weight.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new RolloutPlan(Strategy.NONE, List.of(new RolloutStep(new Weight(1)))))
        .isInstanceOf(IllegalArgumentException.class);
    RolloutStep step = new RolloutStep(new Weight(1));
    assertThatThrownBy(() -> new RolloutPlan(Strategy.CANARY, List.of(step, step)))
        .hasMessage("a roll-out has one step");
  }
}
