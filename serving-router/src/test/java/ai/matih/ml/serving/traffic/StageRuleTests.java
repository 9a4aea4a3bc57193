package ai.matih.ml.serving.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.serving.Stage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The stage rule ... */
class StageRuleTests {

  private final StageRule rule = new StageRule(new Weight(5000));

  @Test
  void lets_production_have_anything() {
    assertThat(rule.objection(split(10_000, 0), Map.of(1L, Stage.PRODUCTION))).isEmpty();
    assertThat(
            rule.objection(split(5000, 5000), Map.of(1L, Stage.PRODUCTION, 2L, Stage.PRODUCTION)))
        .isEmpty();
  }

  @Test
  void lets_staging_have_half_and_not_one_bucket_more() {
    Map<Long, Stage> stages = Map.of(1L, Stage.PRODUCTION, 2L, Stage.STAGING);
    assertThat(rule.objection(split(5000, 5000), stages)).isEmpty();
    assertThat(rule.objection(split(4999, 5001), stages))
        .hasValueSatisfying(why -> assertThat(why).contains("5001", "5000"));
  }

  @Test
  void counts_all_staging_versions_together() {
    assertThat(rule.objection(split(5000, 5000), Map.of(1L, Stage.STAGING, 2L, Stage.STAGING)))
        .isPresent();
  }

  @Test
  void lets_development_and_archived_have_nothing() {
    for (Stage stage : List.of(Stage.DEVELOPMENT, Stage.ARCHIVED)) {
      Map<Long, Stage> stages = Map.of(1L, Stage.PRODUCTION, 2L, stage);
      assertThat(rule.objection(split(9999, 1), stages)).isPresent();
      assertThat(rule.objection(split(10_000, 0), stages)).isEmpty();
    }
  }

  @Test
  void treats_a_version_of_unknown_stage_as_development() {
    assertThat(rule.objection(split(9999, 1), Map.of(1L, Stage.PRODUCTION))).isPresent();
  }

  private static Split split(int first, int second) {
    return Split.NOTHING.reshared(
        List.of(
            new Share(1, "a", "stable", new Weight(first)),
            new Share(2, "b", "canary", new Weight(second))));
  }
}
