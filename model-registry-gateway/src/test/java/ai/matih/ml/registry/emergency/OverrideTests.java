package ai.matih.ml.registry.emergency;

import static ai.matih.ml.registry.promotion.World.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.emergency.OverrideRecord.State;
import ai.matih.ml.registry.emergency.OverrideRecord.Undo;
import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.promotion.Condition;
import ai.matih.ml.registry.promotion.Reviewer;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.TransitionState;
import ai.matih.ml.registry.promotion.World;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Breaking the glass, and what follows. */
class OverrideTests {

  private static final String OPERATOR = "user:olga";

  private final World world = new World();

  private static void assertRefused(ThrowingCallable act, RegistryError error) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.error()).isEqualTo(error));
  }

  /** Version 2 on its way to Production, with everything missing; version 1 is there. */
  private Transition waiting() {
    world.has(1, Stage.PRODUCTION);
    world.has(2, Stage.STAGING);
    return world.promote(ALICE, 2, Stage.PRODUCTION);
  }

  @Test
  void it_moves_the_version_at_once_and_says_what_it_skipped() {
    Transition moved = world.override(OPERATOR, waiting());

    assertThat(moved.state()).isEqualTo(TransitionState.COMPLETED);
    assertThat(moved.ended().orElseThrow().by()).isEqualTo(OPERATOR);
    assertThat(world.stage(2)).isEqualTo(Stage.PRODUCTION);
    OverrideRecord override = world.overrides.ofTransition(moved.id()).orElseThrow();
    assertThat(override.state()).isEqualTo(State.AWAITING_CONFIRMATION);
    assertThat(override.skipped())
        .extracting(Condition::type)
        .containsExactly("IntegrationTestsPassed", "AbTestShowsImprovement", "ApprovedByOthers");
    assertThat(override.confirmBy()).isEqualTo(override.at().plus(Duration.ofHours(24)));
    assertThat(world.audit.actions).contains("transition.overridden", "stage.changed");
    assertThat(world.history.at(Samples.MODEL, world.now()))
        .filteredOn(period -> period.version().value() == 2)
        .singleElement()
        .satisfies(
            period -> {
              assertThat(period.actor()).isEqualTo(OPERATOR);
              assertThat(period.reason())
                  .hasValueSatisfying(why -> assertThat(why).contains("Customers wait."));
            });
  }

  @Test
  void its_repeat_by_the_same_person_is_the_same_override() {
    Transition waits = waiting();
    Transition moved = world.override(OPERATOR, waits);
    assertThat(world.override(OPERATOR, waits)).isEqualTo(moved);
    assertThat(world.overrides.of(Samples.MODEL)).hasSize(1);
    assertRefused(() -> world.override("user:zoe", waits), RegistryError.TRANSITION_CLOSED);
  }

  @Test
  void nothing_is_marked_when_nothing_stands_in_the_way() {
    ModelVersion version = world.has(1, Stage.DEVELOPMENT);
    Transition waits = world.promote(ALICE, 1, Stage.STAGING);
    world.checked(version);
    assertThat(world.override(OPERATOR, waits).state()).isEqualTo(TransitionState.COMPLETED);
    assertThat(world.overrides.of(Samples.MODEL)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"service:serving-router", "job:1", "platform"})
  void only_a_person_does_it(String principal) {
    Transition waits = waiting();
    assertRefused(() -> world.override(principal, waits), RegistryError.FOUR_EYES);
    assertThat(world.audit.actions).contains("override.refused").doesNotContain("stage.changed");
  }

  @Test
  void nobody_overrides_the_proof_of_a_drain() {
    world.superseded(1);
    world.has(2, Stage.PRODUCTION);
    world.deployed(1, 100);
    Transition waits = world.promote(ALICE, 1, Stage.ARCHIVED);
    assertRefused(() -> world.override(OPERATOR, waits), RegistryError.NOT_OVERRIDABLE);
    assertThat(world.stage(1)).isEqualTo(Stage.PRODUCTION);
  }

  @Test
  void nobody_overrides_a_withdrawal_that_would_cut_callers_off() {
    world.has(2, Stage.STAGING);
    world.deployed(2, 100);
    Transition waits = world.promote(World.OWNER, 2, Stage.ARCHIVED);
    assertRefused(() -> world.override(OPERATOR, waits), RegistryError.NOT_OVERRIDABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "latency, true",
    "golden_rows, true",
    "boundary_values, true",
    "loads, false",
    "digest, false",
    "unheard_of, false"
  })
  void files_that_nobody_vouches_for_are_never_let_through(String failing, boolean overridable) {
    ModelVersion version = world.has(1, Stage.DEVELOPMENT);
    world.evidence.add(
        Evidence.ofPlatform(
            UUID.randomUUID(),
            version,
            Evidence.PLATFORM_CHECKS,
            List.of(Check.passed("x", "fine", Map.of()), Check.failed(failing, "broken")),
            world.now()));
    Transition waits = world.promote(ALICE, 1, Stage.STAGING);
    if (overridable) {
      assertThat(world.override(OPERATOR, waits).state()).isEqualTo(TransitionState.COMPLETED);
    } else {
      assertRefused(() -> world.override(OPERATOR, waits), RegistryError.NOT_OVERRIDABLE);
    }
  }

  @Test
  void a_second_person_confirms_it() {
    Transition moved = world.override(OPERATOR, waiting());
    OverrideRecord confirmed = world.confirm("user:bob", moved);
    assertThat(confirmed.state()).isEqualTo(State.CONFIRMED);
    assertThat(world.confirm("user:bob", moved)).isEqualTo(confirmed);
    assertRefused(() -> world.confirm("user:carol", moved), RegistryError.OVERRIDE_SETTLED);
    world.pass(Duration.ofDays(2));
    assertThat(world.lapse(moved)).isEqualTo(confirmed);
    assertThat(world.stage(2)).isEqualTo(Stage.PRODUCTION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {OPERATOR, "user:alice", "user:trainer", "user:registrar", "service:ml-api"})
  void whoever_is_involved_cannot_confirm_it(String principal) {
    Transition moved = world.override(OPERATOR, waiting());
    assertRefused(() -> world.confirm(principal, moved), RegistryError.FOUR_EYES);
    if (principal.startsWith("user:")) {
      Reviewer behindAKey = new Reviewer("user:ghost", Optional.of(principal));
      assertRefused(() -> world.confirm(behindAKey, moved), RegistryError.FOUR_EYES);
    }
    assertThat(world.audit.actions).contains("confirmation.refused");
  }

  @Test
  void unconfirmed_it_is_undone_by_a_roll_back() {
    Transition moved = world.override(OPERATOR, waiting());
    world.deployed(1, 0);
    world.deployed(2, 10_000);
    world.pass(Duration.ofHours(23));
    assertThat(world.lapse(moved).state()).isEqualTo(State.AWAITING_CONFIRMATION);
    world.pass(Duration.ofHours(2));
    assertRefused(() -> world.confirm("user:bob", moved), RegistryError.OVERRIDE_SETTLED);

    OverrideRecord lapsed = world.lapse(moved);

    assertThat(lapsed.state()).isEqualTo(State.UNCONFIRMED);
    assertThat(lapsed.undo()).isEqualTo(Undo.DONE);
    assertThat(world.stage(2)).isEqualTo(Stage.STAGING);
    assertThat(world.versions.currentProduction(Samples.MODEL).orElseThrow().number().value())
        .isEqualTo(1);
    Rollback rollback = world.rollbacks.moving(Samples.MODEL).orElseThrow();
    assertThat(world.moveTraffic(rollback).state()).isEqualTo(Rollback.State.COMPLETED);
    assertThat(world.router.weightBps("acme", "churn", 1)).isEqualTo(10_000);
    assertThat(world.lapse(moved)).isEqualTo(lapsed);
  }

  @Test
  void the_undoing_waits_for_a_previous_version_that_can_answer() {
    Transition moved = world.override(OPERATOR, waiting());
    world.pass(Duration.ofDays(2));
    assertThat(world.lapse(moved).undo()).isEqualTo(Undo.PENDING);
    assertThat(world.stage(2)).isEqualTo(Stage.PRODUCTION);
    world.deployed(1, 0);
    assertThat(world.lapse(moved).undo()).isEqualTo(Undo.DONE);
  }

  @Test
  void where_there_is_nothing_to_go_back_to_it_stays_and_stays_marked() {
    world.has(2, Stage.STAGING);
    Transition moved = world.override(OPERATOR, world.promote(ALICE, 2, Stage.PRODUCTION));
    world.pass(Duration.ofDays(2));
    OverrideRecord lapsed = world.lapse(moved);
    assertThat(lapsed.state()).isEqualTo(State.UNCONFIRMED);
    assertThat(lapsed.undo()).isEqualTo(Undo.IMPOSSIBLE);
    assertThat(world.stage(2)).isEqualTo(Stage.PRODUCTION);
    assertThat(world.audit.actions).contains("override.unconfirmed", "override.stands");
  }

  @Test
  void a_version_that_left_meanwhile_needs_no_undoing() {
    Transition moved = world.override(OPERATOR, waiting());
    world.deployed(1, 0);
    world.rollBack(ALICE, false, Optional.empty());
    world.pass(Duration.ofDays(2));
    assertThat(world.lapse(moved).undo()).isEqualTo(Undo.NOT_NEEDED);
  }

  @Test
  void the_version_shows_it() {
    Transition moved = world.override(OPERATOR, waiting());
    assertThat(new OverridesOfVersions(world.overrides).of(Samples.MODEL).get(moved.version()))
        .singleElement()
        .satisfies(
            mark -> {
              assertThat(mark.status()).isEqualTo("awaiting_confirmation");
              assertThat(mark.by()).isEqualTo(OPERATOR);
              assertThat(mark.conditions()).contains("ApprovedByOthers");
            });
  }
}
