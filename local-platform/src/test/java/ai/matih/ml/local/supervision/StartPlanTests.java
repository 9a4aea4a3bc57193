package ai.matih.ml.local.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.local.supervision.PartPlan.Completion;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StartPlanTests {

  private final StartPlan plan =
      new StartPlan(
          List.of(
              part("service", "database", "cluster"),
              part("cluster", "database"),
              part("database"),
              part("lonely")));

  @Test
  void puts_every_part_behind_those_it_needs() {
    assertThat(plan.parts())
        .extracting(PartPlan::name)
        .containsExactly("database", "cluster", "service", "lonely");
  }

  @Test
  void a_choice_brings_along_what_it_needs_and_nothing_else() {
    assertThat(plan.only(Set.of("cluster")).parts())
        .extracting(PartPlan::name)
        .containsExactly("database", "cluster");
    assertThat(plan.only(Set.of("lonely")).parts())
        .extracting(PartPlan::name)
        .containsExactly("lonely");
  }

  @Test
  void ends_what_others_stand_on_last() {
    assertThat(plan.stopOrder())
        .containsExactly(List.of("cluster", "service", "lonely"), List.of("database"));
  }

  @Test
  void refuses_parts_that_wait_for_each_other_or_for_nobody() {
    assertThatThrownBy(() -> new StartPlan(List.of(part("a", "b"), part("b", "a"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[a, b]");
    assertThatThrownBy(() -> new StartPlan(List.of(part("a", "nobody"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refuses_two_parts_of_one_name_and_a_choice_of_an_unknown_one() {
    assertThatThrownBy(() -> new StartPlan(List.of(part("a"), part("a"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> plan.only(Set.of("nobody")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("There is no part nobody");
  }

  private static PartPlan part(String name, String... after) {
    return new PartPlan(
        name,
        Set.of(after),
        false,
        () -> {
          throw new IllegalStateException("not started in this test");
        },
        Completion.nothing());
  }
}
