package ai.matih.ml.registry.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.TestCounts;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.PolicyRevision;
import ai.matih.ml.registry.model.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How transitions wait, complete and end. */
class GateTests {

  private final World world = new World();

  /** Version 2 on its way to Production, with nothing missing but the approval. */
  private Transition waitingForApproval() {
    ModelVersion version = world.has(2, Stage.STAGING);
    world.played(version);
    return world.promote(World.ALICE, 2, Stage.PRODUCTION);
  }

  private static void assertRefused(ThrowingCallable act, RegistryError error) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.error()).isEqualTo(error));
  }

  private static Condition condition(Transition transition, String type) {
    return transition.conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void it_completes_by_itself_when_the_last_condition_is_met() {
    ModelVersion version = world.has(1, Stage.DEVELOPMENT);
    Transition waits = world.promote(World.ALICE, 1, Stage.STAGING);
    assertThat(waits.state()).isEqualTo(TransitionState.PENDING);
    assertThat(world.settle(waits.id()).state()).isEqualTo(TransitionState.PENDING);

    world.checked(version);

    assertThat(world.settle(waits.id()).state()).isEqualTo(TransitionState.COMPLETED);
    assertThat(world.stage(1)).isEqualTo(Stage.STAGING);
  }

  @Test
  void a_condition_keeps_its_since_until_its_status_changes() {
    ModelVersion version = world.has(1, Stage.DEVELOPMENT);
    Transition first = world.promote(World.ALICE, 1, Stage.STAGING);
    world.pass(Duration.ofHours(1));
    Transition second = world.settle(first.id());
    assertThat(condition(second, "PlatformChecksPassed").since())
        .isEqualTo(condition(first, "PlatformChecksPassed").since());

    world.checked(version);
    Transition third = world.settle(first.id());
    assertThat(condition(third, "PlatformChecksPassed").since())
        .isAfter(condition(first, "PlatformChecksPassed").since());
    assertThat(condition(third, "MetricsMeetBaseline").since())
        .isEqualTo(condition(first, "MetricsMeetBaseline").since());
  }

  @Test
  void a_dry_run_says_what_would_be_and_stores_nothing() {
    world.checked(world.has(1, Stage.DEVELOPMENT));
    Transition dry = world.dryRun(World.ALICE, 1, Stage.STAGING);
    assertThat(dry.state()).isEqualTo(TransitionState.COMPLETED);
    assertThat(world.stage(1)).isEqualTo(Stage.DEVELOPMENT);
    assertThat(
            world.transitions.list(
                java.util.Optional.of(Samples.MODEL),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                9))
        .isEmpty();

    assertThat(world.promote(World.ALICE, 1, Stage.STAGING).conditions())
        .extracting(Condition::type, Condition::status)
        .isEqualTo(
            dry.conditions().stream()
                .map(c -> org.assertj.core.groups.Tuple.tuple(c.type(), c.status()))
                .toList());
  }

  @Test
  void it_expires() {
    world.has(1, Stage.DEVELOPMENT);
    Transition waits = world.promote(World.ALICE, 1, Stage.STAGING);
    world.pass(Duration.ofDays(15));
    assertThat(world.settle(waits.id()).state()).isEqualTo(TransitionState.EXPIRED);
    assertThat(world.promote(World.ALICE, 1, Stage.STAGING).id()).isNotEqualTo(waits.id());
  }

  @Test
  void a_rejection_ends_it_and_names_the_reviewer() {
    Transition waits = waitingForApproval();
    Transition rejected = world.reject("user:bob", waits);
    assertThat(rejected.state()).isEqualTo(TransitionState.REJECTED);
    assertThat(rejected.ended())
        .hasValueSatisfying(
            end -> {
              assertThat(end.by()).isEqualTo("user:bob");
              assertThat(end.reason()).isEqualTo("not good enough");
            });
    assertThat(world.reject("user:bob", waits)).isEqualTo(rejected);
    assertRefused(() -> world.approve("user:bob", waits), RegistryError.TRANSITION_CLOSED);
    assertThat(world.stage(2)).isEqualTo(Stage.STAGING);
  }

  @Test
  void only_the_requester_or_an_administrator_takes_it_back() {
    Transition waits = waitingForApproval();
    assertRefused(
        () -> world.cancel(new Requester("user:mallory", false), waits),
        RegistryError.NOT_REQUESTER);
    assertThat(world.cancel(World.ALICE, waits).state()).isEqualTo(TransitionState.CANCELLED);
    Transition again = world.promote(World.ALICE, 2, Stage.PRODUCTION);
    assertThat(world.cancel(new Requester("user:root", true), again).state())
        .isEqualTo(TransitionState.CANCELLED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"user:alice", "user:trainer", "user:registrar", "service:serving-router", "job:1"})
  void whoever_is_involved_cannot_approve(String principal) {
    Transition waits = waitingForApproval();
    assertRefused(() -> world.approve(principal, waits), RegistryError.FOUR_EYES);
    assertThat(world.audit.actions).contains("approval.refused");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user:alice", "user:trainer", "user:registrar"})
  void a_key_that_they_made_does_not_help_them(String maker) {
    Transition waits = waitingForApproval();
    Reviewer behindAKey = new Reviewer("user:ghost", java.util.Optional.of(maker));
    assertRefused(() -> world.approve(behindAKey, waits), RegistryError.FOUR_EYES);
    Reviewer byAnAdministrator = new Reviewer("user:bob", java.util.Optional.of("user:root"));
    assertThat(world.approve(byAnAdministrator, waits).state())
        .isEqualTo(TransitionState.COMPLETED);
  }

  @Test
  void an_approval_expires_and_can_be_given_anew() {
    ModelVersion version = world.has(2, Stage.STAGING);
    Transition waits = world.promote(World.ALICE, 2, Stage.PRODUCTION);
    world.approve("user:bob", waits);
    world.pass(Duration.ofDays(7));
    Transition settled = world.settle(waits.id());
    assertThat(settled.approvals())
        .singleElement()
        .satisfies(
            approval ->
                assertThat(approval.voided())
                    .hasValueSatisfying(
                        voided -> assertThat(voided.reason()).isEqualTo("it expired")));
    world.played(version);
    assertThat(world.settle(waits.id()).state()).isEqualTo(TransitionState.PENDING);
    assertThat(world.approve("user:bob", waits).state()).isEqualTo(TransitionState.COMPLETED);
  }

  @Test
  void the_drain_names_who_still_calls() {
    world.superseded(1);
    world.has(2, Stage.PRODUCTION);
    world.router.serve(
        World.TENANT.slug(),
        "churn",
        1,
        new ai.matih.ml.registry.evidence.ServingRouter.Serving(
            true, List.of("d"), 0, true, 0, List.of("user:batch"), java.util.Optional.empty()));
    Condition drained = condition(world.promote(World.ALICE, 1, Stage.ARCHIVED), "TrafficDrained");
    assertThat(drained.details()).containsEntry("pinned_callers", List.of("user:batch"));
    assertThat(drained.fixedBy()).contains(Condition.Who.ENGINEER);
  }

  @Test
  void one_approver_counts_once() {
    World strict =
        new World("{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7}],\"approvals\":{\"needed\":2}}");
    strict.played(strict.has(2, Stage.STAGING));
    Transition waits = strict.promote(World.ALICE, 2, Stage.PRODUCTION);
    strict.approve("user:bob", waits);
    assertThat(strict.approve("user:bob", waits).state()).isEqualTo(TransitionState.PENDING);
    assertThat(strict.approve("user:carol", waits).state()).isEqualTo(TransitionState.COMPLETED);
  }

  @Test
  void evidence_that_agrees_voids_no_approval() {
    ModelVersion version = world.has(2, Stage.STAGING);
    Transition waits = world.promote(World.ALICE, 2, Stage.PRODUCTION);
    world.approve("user:bob", waits);
    world.evidence.add(
        Samples.uploaded(version, "bias_tests", new TestCounts(1, 0, 0, 0), world.now()));
    world.evidence.add(
        Samples.uploaded(version, "load_tests", new TestCounts(0, 0, 0, 0), world.now()));
    world.played(version);

    Transition settled = world.settle(waits.id());

    assertThat(settled.state()).isEqualTo(TransitionState.COMPLETED);
    assertThat(settled.approvals().getFirst().voided()).isEmpty();
  }

  @Test
  void evidence_that_contradicts_voids_an_approval_for_good() {
    ModelVersion version = world.has(2, Stage.STAGING);
    Transition waits = world.promote(World.ALICE, 2, Stage.PRODUCTION);
    world.approve("user:bob", waits);
    world.evidence.add(
        Samples.platform(version, Evidence.PLATFORM_INTEGRATION, false, world.now()));
    world.played(version);

    Transition settled = world.settle(waits.id());

    assertThat(settled.state()).isEqualTo(TransitionState.PENDING);
    assertThat(settled.approvals())
        .singleElement()
        .satisfies(
            approval ->
                assertThat(approval.voided())
                    .hasValueSatisfying(
                        voided ->
                            assertThat(voided.reason())
                                .isEqualTo("platform_integration contradicts it: loads")));
    assertThat(condition(settled, "ApprovedByOthers").reason()).isEqualTo("ApprovalsVoid");
    assertThat(world.approve("user:bob", waits).state()).isEqualTo(TransitionState.COMPLETED);
  }

  @Test
  void what_an_approver_saw_fail_may_fail_again() {
    ModelVersion version = world.has(2, Stage.STAGING);
    world.evidence.add(
        Samples.uploaded(version, "bias_tests", new TestCounts(4, 1, 0, 0), world.now()));
    Transition waits = world.promote(World.ALICE, 2, Stage.PRODUCTION);
    world.approve("user:bob", waits);
    world.evidence.add(
        Samples.uploaded(version, "bias_tests", new TestCounts(5, 1, 0, 0), world.now()));
    assertThat(world.settle(waits.id()).approvals().getFirst().voided()).isEmpty();

    world.evidence.add(
        Samples.uploaded(version, "bias_tests", new TestCounts(4, 2, 0, 0), world.now()));
    assertThat(world.settle(waits.id()).approvals().getFirst().voided())
        .hasValueSatisfying(
            voided ->
                assertThat(voided.reason()).isEqualTo("bias_tests contradicts it: tests failed"));
  }

  @ParameterizedTest
  @CsvSource({"0.8, false", "0.6, true", "0.74, true"})
  void a_measurement_contradicts_where_a_metric_misses_its_bar(double auc, boolean contradicts) {
    String digest = "sha256:" + "0".repeat(64);
    World measured =
        new World(
            """
            {"baseline":[{"metric":"auc","min":0.7,"not_worse_than_production":{"tolerance":0.01}}],
             "evaluation":{"dataset":"dataset:d@%s","target_column":"y"}}"""
                .formatted(digest));
    ModelVersion production = measured.has(1, Stage.PRODUCTION);
    measured.evidence.add(Samples.measured(production, digest, "y", 0.76, measured.now()));
    ModelVersion version = measured.has(2, Stage.STAGING);
    Transition waits = measured.promote(World.ALICE, 2, Stage.PRODUCTION);
    measured.approve("user:bob", waits);
    measured.evidence.add(Samples.measured(version, digest, "other", 0.1, measured.now()));
    measured.evidence.add(Samples.measured(version, digest, "y", auc, measured.now()));

    assertThat(
            measured
                .settle(waits.id())
                .approvals()
                .getFirst()
                .voided()
                .map(Approval.Voided::reason))
        .isEqualTo(
            contradicts
                ? Optional.of("platform_evaluation contradicts it: auc")
                : Optional.empty());
  }

  @Test
  void an_approval_of_an_earlier_release_is_void_with_any_evidence() {
    ModelVersion version = world.has(2, Stage.STAGING);
    Transition waits = world.promote(World.ALICE, 2, Stage.PRODUCTION);
    Approval given = world.approve("user:bob", waits).approvals().getFirst();
    ApprovalBasis named = given.basis();
    ApprovalBasis unnamed =
        new ApprovalBasis(named.artifact(), named.policy(), named.evidence(), Optional.empty());
    world.played(version);
    assertThat(unnamed.changeTo(world.facts(version).basis())).contains("the evidence changed");
    assertThat(named.changeTo(world.facts(version).basis())).isEmpty();
  }

  @Test
  void a_move_that_needs_no_approval_takes_none() {
    world.has(1, Stage.DEVELOPMENT);
    Transition waits = world.promote(World.ALICE, 1, Stage.STAGING);
    assertRefused(() -> world.approve("user:bob", waits), RegistryError.APPROVAL_NOT_NEEDED);
  }

  @Test
  void it_keeps_the_policy_that_it_started_with() {
    World strict = new World("{\"baseline\":[{\"metric\":\"auc\",\"min\":0.9}]}");
    strict.checked(strict.has(1, Stage.DEVELOPMENT));
    Transition waits = strict.promote(World.ALICE, 1, Stage.STAGING);
    strict.models.addPolicy(
        new PolicyRevision(
            Samples.MODEL,
            2,
            Json.read("{\"baseline\":[{\"metric\":\"auc\",\"min\":0.1}]}", Policy.class),
            "user:owner",
            strict.now()));
    assertThat(strict.settle(waits.id()).state()).isEqualTo(TransitionState.PENDING);
    strict.cancel(World.ALICE, waits);
    assertThat(strict.promote(World.ALICE, 1, Stage.STAGING).policyRevision()).isEqualTo(2);
    assertThat(strict.stage(1)).isEqualTo(Stage.STAGING);
  }

  @Test
  void the_requester_finds_the_open_one_and_somebody_else_is_told_of_it() {
    Transition waits = waitingForApproval();
    assertThat(world.promote(World.ALICE, 2, Stage.PRODUCTION).id()).isEqualTo(waits.id());
    for (boolean dry : List.of(true, false)) {
      assertRefused(
          () -> {
            if (dry) {
              world.dryRun(World.OWNER, 2, Stage.PRODUCTION);
            } else {
              world.promote(World.OWNER, 2, Stage.PRODUCTION);
            }
          },
          RegistryError.TRANSITION_OPEN);
    }
  }

  @Test
  void when_a_version_moves_its_other_transitions_end() {
    ModelVersion version = world.has(2, Stage.STAGING);
    Transition toProduction = world.promote(World.ALICE, 2, Stage.PRODUCTION);
    world.played(version);
    world.promote(World.OWNER, 2, Stage.ARCHIVED);

    Transition ended = world.transitions.find(toProduction.id()).orElseThrow();
    assertThat(ended.state()).isEqualTo(TransitionState.FAILED);
    assertRefused(() -> world.approve("user:bob", toProduction), RegistryError.TRANSITION_CLOSED);
    assertThat(world.stage(2)).isEqualTo(Stage.ARCHIVED);
  }

  @Test
  void of_two_versions_one_becomes_production_and_the_other_is_told() {
    world.played(world.has(2, Stage.STAGING));
    world.played(world.has(3, Stage.STAGING));
    Transition two = world.promote(World.ALICE, 2, Stage.PRODUCTION);
    Transition three = world.promote(World.ALICE, 3, Stage.PRODUCTION);
    world.approve("user:bob", three);

    Transition told = world.transitions.find(two.id()).orElseThrow();
    assertThat(told.state()).isEqualTo(TransitionState.FAILED);
    assertThat(told.ended().orElseThrow().reason()).contains("Version 3 became Production");
    assertThat(world.versions.currentProduction(Samples.MODEL).orElseThrow().number().value())
        .isEqualTo(3);
  }

  @Test
  void the_version_before_stays_in_production_until_it_drained() {
    world.has(1, Stage.PRODUCTION);
    ModelVersion version = world.has(2, Stage.STAGING);
    world.played(version);
    world.better(version);
    world.approve("user:bob", world.promote(World.ALICE, 2, Stage.PRODUCTION));

    assertThat(world.stage(1)).isEqualTo(Stage.PRODUCTION);
    assertThat(world.versions.supersededProduction(Samples.MODEL).orElseThrow().number().value())
        .isEqualTo(1);

    world.deployed(1, 0);
    world.promote(World.ALICE, 2, Stage.STAGING);
    assertThat(world.versions.currentProduction(Samples.MODEL).orElseThrow().number().value())
        .isEqualTo(1);
    assertThat(world.versions.supersededProduction(Samples.MODEL)).isEmpty();
  }

  @Test
  void a_router_that_is_silent_opens_nothing() {
    world.superseded(1);
    world.has(2, Stage.PRODUCTION);
    world.router.away(true);
    Transition waits = world.promote(World.ALICE, 1, Stage.ARCHIVED);
    assertThat(waits.state()).isEqualTo(TransitionState.PENDING);
    assertThat(condition(waits, "TrafficDrained").status()).isEqualTo(Verdict.Status.UNKNOWN);

    world.router.away(false);
    assertThat(world.settle(waits.id()).state()).isEqualTo(TransitionState.COMPLETED);
  }

  @Test
  void a_stranger_cannot_withdraw_a_version() {
    world.has(2, Stage.STAGING);
    assertRefused(
        () -> world.promote(new Requester("user:mallory", false), 2, Stage.ARCHIVED),
        RegistryError.ILLEGAL_TRANSITION);
    assertThat(world.promote(new Requester("user:root", true), 2, Stage.ARCHIVED).state())
        .isEqualTo(TransitionState.COMPLETED);
  }

  @Test
  void production_without_a_version_before_it_cannot_go_back() {
    world.has(2, Stage.PRODUCTION);
    assertRefused(
        () -> world.promote(World.ALICE, 2, Stage.STAGING), RegistryError.ILLEGAL_TRANSITION);
  }
}
