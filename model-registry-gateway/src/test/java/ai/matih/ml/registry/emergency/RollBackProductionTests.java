package ai.matih.ml.registry.emergency;

import static ai.matih.ml.registry.promotion.World.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.promotion.Condition;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.TransitionState;
import ai.matih.ml.registry.promotion.Verdict;
import ai.matih.ml.registry.promotion.World;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Back to the previous version: stages at once, traffic as soon as the router answers. */
class RollBackProductionTests {

  private final World world = new World();

  @BeforeEach
  void version_2_took_over_from_version_1() {
    world.superseded(1);
    world.has(2, Stage.PRODUCTION);
    world.deployed(1, 0);
    world.deployed(2, 10_000);
  }

  private Rollback rollBack() {
    return world.rollBack(ALICE, false, Optional.of("k")).rollback().orElseThrow();
  }

  private int production() {
    return world.versions.currentProduction(Samples.MODEL).orElseThrow().number().value();
  }

  private int share(int version) {
    return world.router.weightBps("acme", "churn", version);
  }

  private static Condition traffic(Rollback rollback) {
    return rollback.conditions().getLast();
  }

  @Test
  void stage_and_traffic_move_together() {
    Rollback done = rollBack();
    assertThat(done.state()).isEqualTo(Rollback.State.COMPLETED);
    assertThat(done.from().value()).isEqualTo(2);
    assertThat(done.to().value()).isEqualTo(1);
    assertThat(done.conditions())
        .extracting(Condition::type, Condition::status)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("StageMoved", Verdict.Status.MET),
            org.assertj.core.groups.Tuple.tuple("TrafficMoved", Verdict.Status.MET));
    assertThat(production()).isEqualTo(1);
    assertThat(world.stage(2)).isEqualTo(Stage.STAGING);
    assertThat(share(1)).isEqualTo(10_000);
    assertThat(share(2)).isZero();
    assertThat(world.audit.actions).contains("rollback.started", "rollback.completed");
  }

  @Test
  void promoting_the_current_version_to_staging_is_the_same_act() {
    world.promote(ALICE, 2, Stage.STAGING);
    Rollback rollback = world.rollbacks.moving(Samples.MODEL).orElseThrow();
    assertThat(world.moveTraffic(rollback).state()).isEqualTo(Rollback.State.COMPLETED);
    assertThat(share(1)).isEqualTo(10_000);
  }

  @Test
  void a_router_that_goes_away_after_the_stages_gets_its_traffic_later() {
    world.router.loseReplies(true);
    Rollback moving = rollBack();
    assertThat(moving.state()).isEqualTo(Rollback.State.MOVING);
    assertThat(traffic(moving).status()).isEqualTo(Verdict.Status.UNKNOWN);
    assertThat(production()).isEqualTo(1);

    world.router.loseReplies(false);
    world.router.away(true);
    assertThat(world.moveTraffic(moving).state()).isEqualTo(Rollback.State.MOVING);
    world.router.away(false);
    Rollback done = world.moveTraffic(moving);
    assertThat(done.state()).isEqualTo(Rollback.State.COMPLETED);
    assertThat(traffic(done).details()).containsEntry("traffic_revision", 1L);
    assertThat(world.moveTraffic(moving)).isEqualTo(done);
  }

  @Test
  void its_repeat_is_the_same_roll_back() {
    world.router.loseReplies(true);
    Rollback first = rollBack();
    assertThat(rollBack().id()).isEqualTo(first.id());
    // Without the key, while the traffic has yet to follow.
    assertThat(world.rollBack(ALICE, false, Optional.empty()).rollback().orElseThrow().id())
        .isEqualTo(first.id());
  }

  @Test
  void nothing_moves_when_the_previous_version_cannot_answer() {
    World other = new World();
    other.superseded(1);
    other.has(2, Stage.PRODUCTION);
    for (boolean dry : List.of(true, false)) {
      assertThatThrownBy(() -> other.rollBack(ALICE, dry, Optional.empty()))
          .isInstanceOfSatisfying(
              Problem.class,
              problem -> {
                assertThat(problem.error()).isEqualTo(RegistryError.ILLEGAL_TRANSITION);
                assertThat(problem.params()).containsEntry("reason", "PreviousNotReady");
              });
    }
    assertThat(other.stage(2)).isEqualTo(Stage.PRODUCTION);
    assertThat(other.rollbacks.list(Samples.MODEL, Optional.empty(), 9)).isEmpty();
  }

  @Test
  void nothing_moves_while_nobody_knows_whether_it_can_answer() {
    world.router.away(true);
    assertThatThrownBy(this::rollBack)
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.params()).containsEntry("reason", "NoAnswer"));
    assertThat(production()).isEqualTo(2);
  }

  @Test
  void nothing_moves_when_the_previous_version_is_archived() {
    World other = new World();
    other.has(1, Stage.ARCHIVED);
    other.has(2, Stage.PRODUCTION);
    for (boolean dry : List.of(true, false)) {
      assertThatThrownBy(() -> other.rollBack(ALICE, dry, Optional.empty()))
          .isInstanceOfSatisfying(
              Problem.class,
              problem ->
                  assertThat(problem.error()).isEqualTo(RegistryError.NOTHING_TO_ROLL_BACK_TO));
    }
    assertThat(other.audit.actions).contains("rollback.refused");
  }

  @Test
  void a_dry_run_moves_nothing() {
    RollBackProduction.Result dry = world.rollBack(ALICE, true, Optional.empty());
    assertThat(dry.rollback()).isEmpty();
    assertThat(dry.to().value()).isEqualTo(1);
    assertThat(dry.transition().state()).isEqualTo(TransitionState.COMPLETED);
    assertThat(production()).isEqualTo(2);
    assertThat(share(2)).isEqualTo(10_000);
  }

  @Test
  void it_fails_when_the_router_refuses_for_too_long() {
    world.router.loseReplies(true);
    world.router.away(false);
    Transition moved = world.promote(ALICE, 2, Stage.STAGING);
    Rollback rollback = world.rollbacks.ofTransition(moved.id()).orElseThrow();
    world.router.serve(
        "acme", "churn", 1, ai.matih.ml.registry.evidence.ServingRouter.Serving.NOBODY);
    assertThat(traffic(world.moveTraffic(rollback)).reason()).isEqualTo("Refused");
    world.pass(Duration.ofHours(2));
    assertThat(world.moveTraffic(rollback).state()).isEqualTo(Rollback.State.FAILED);
    assertThat(world.audit.actions).contains("rollback.failed");
  }

  @Test
  void it_takes_no_traffic_from_a_version_that_became_production_later() {
    Transition moved = world.promote(ALICE, 2, Stage.STAGING);
    ModelVersion three = world.has(3, Stage.STAGING);
    world.override("user:olga", world.promote(ALICE, three.number().value(), Stage.PRODUCTION));
    Rollback rollback = world.moveTraffic(world.rollbacks.ofTransition(moved.id()).orElseThrow());
    assertThat(rollback.state()).isEqualTo(Rollback.State.FAILED);
    assertThat(traffic(rollback).reason()).isEqualTo("Overtaken");
    assertThat(share(2)).isEqualTo(10_000);
  }
}
