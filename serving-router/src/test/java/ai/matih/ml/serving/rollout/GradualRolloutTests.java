package ai.matih.ml.serving.rollout;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.abtest.AbTestDesignForm;
import ai.matih.ml.serving.abtest.OutcomeReport;
import ai.matih.ml.serving.abtest.OutcomeReport.Subject;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.deployment.DeploymentMove;
import ai.matih.ml.serving.deployment.DeploymentRequest;
import ai.matih.ml.serving.deployment.HostingChange;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.rollout.GradualRollout.Wait;
import ai.matih.ml.serving.rollout.RolloutDesignForm.FreezeForm;
import ai.matih.ml.serving.rollout.RolloutDesignForm.QualityForm;
import ai.matih.ml.serving.rollout.RolloutDesignForm.StepForm;
import ai.matih.ml.serving.rollout.RolloutVerdict.Finding;
import ai.matih.ml.serving.rollout.SteerRollout.Act;
import ai.matih.ml.serving.rollout.SteerRollout.PromoteTo;
import ai.matih.ml.serving.traffic.ReturnTraffic;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A roll-out that advances by itself ... */
class GradualRolloutTests {

  private static final StepForm TWENTIETH = new StepForm(500, "PT10M", 100L, null);
  private static final StepForm QUARTER = new StepForm(2500, "PT10M", 200L, null);
  private static final StepForm ALL = new StepForm(10_000, null, null, null);
  private static final int QUICK = 40;
  private static final int SLOW = 60;
  private static final Act BOB = new Act("user:bob", Optional.of("it is late"), Optional.empty());

  private final InMemoryServing serving = new InMemoryServing();
  private final ReconcileRollouts reconcile = serving.reconcileRollouts;
  private Deployment stable = served(1);
  private Deployment canary = deployed(2, Stage.PRODUCTION);

  private Deployment served(long version) {
    serving.counts.router("one");
    return serving.ready(version, Stage.PRODUCTION, RolloutPlan.DIRECT);
  }

  private Deployment deployed(long version, Stage stage) {
    return serving.ready(version, stage, RolloutPlan.NONE);
  }

  private static RolloutDesign design(StepForm... steps) {
    return new RolloutDesignForm(List.of(steps), null, null, null, null, null, null, null)
        .design("");
  }

  private GradualRollout running(RolloutDesign design) {
    return serving.as(() -> serving.startRollout.now(MODEL, 2, design, "user:alice"));
  }

  private GradualRollout now(GradualRollout rollout) {
    return serving.as(() -> serving.rollouts.find(MODEL, rollout.id()).orElseThrow());
  }

  private void counted(long stableRequests, long stableErrors, long canaryRequests, long errors) {
    counted("one", stableRequests, stableErrors, canaryRequests, errors);
  }

  private void counted(
      String router, long stableRequests, long stableErrors, long canaryRequests, long errors) {
    serving.counts.count(router, stable.id(), stableRequests - stableErrors, stableErrors, QUICK);
    serving.counts.count(router, canary.id(), canaryRequests - errors, errors, QUICK);
  }

  private GradualRollout looked(GradualRollout rollout, Duration later) {
    serving.after(later);
    reconcile.pass();
    return now(rollout);
  }

  private static List<String> reasons(GradualRollout rollout) {
    return rollout.waitsFor().stream().map(Wait::reason).toList();
  }

  @Test
  void walks_its_steps_when_time_is_over_and_the_evidence_is_there() {
    GradualRollout rollout = running(design(TWENTIETH, QUARTER, ALL));
    assertThat(serving.weight(2)).isEqualTo(500);
    assertThat(serving.trafficNow().cause()).isEqualTo(Cause.ADVANCED);

    GradualRollout early = looked(rollout, Duration.ofMinutes(9));
    assertThat(reasons(early)).containsExactly("dwell", "minimum_requests", "inconclusive");
    GradualRollout idle = looked(rollout, Duration.ofMinutes(1));
    assertThat(reasons(idle)).containsExactly("minimum_requests", "inconclusive");
    assertThat(idle.verdict().finding()).isEqualTo(Finding.INCONCLUSIVE);

    counted(1900, 19, 100, 1);
    GradualRollout second = looked(rollout, Duration.ofSeconds(2));
    assertThat(second.step()).isEqualTo(1);
    assertThat(second.verdict().finding()).isEqualTo(Finding.HEALTHY);
    assertThat(serving.weight(2)).isEqualTo(2500);
    assertThat(second.evidence().stepCanary().requests()).isZero();
    assertThat(second.done().getFirst().canary().requests()).isEqualTo(100);

    counted(600, 6, 200, 2);
    assertThat(looked(rollout, Duration.ofMinutes(5)).step()).isEqualTo(1);
    GradualRollout over = looked(rollout, Duration.ofMinutes(5));
    assertThat(over.state()).isEqualTo(RolloutState.COMPLETED);
    assertThat(over.history())
        .extracting(GradualRollout.Moved::move)
        .containsExactly(
            RolloutMove.STARTED, RolloutMove.ADVANCED, RolloutMove.ADVANCED, RolloutMove.FINISHED);
    assertThat(serving.weight(2)).isEqualTo(10_000);
    assertThat(serving.trafficNow().split().stable().orElseThrow().version()).isEqualTo(2);
    assertThat(reconcile.pass()).isZero();
  }

  @Test
  void that_ends_below_everything_is_done_after_its_last_step_and_keeps_its_share() {
    GradualRollout rollout = running(design(TWENTIETH));
    counted(1900, 19, 100, 1);
    assertThat(looked(rollout, Duration.ofMinutes(9)).state()).isEqualTo(RolloutState.RUNNING);
    assertThat(looked(rollout, Duration.ofMinutes(1)).state()).isEqualTo(RolloutState.COMPLETED);
    assertThat(serving.weight(2)).isEqualTo(500);
  }

  @Test
  void sends_a_canary_back_that_fails_more_often_than_the_stable_version() {
    GradualRollout rollout = running(design(TWENTIETH, ALL));
    counted(1900, 19, 100, 1);
    looked(rollout, Duration.ofSeconds(2));
    counted(9500, 95, 500, 25);
    GradualRollout over = looked(rollout, Duration.ofSeconds(2));
    assertThat(over.state()).isEqualTo(RolloutState.ABORTED);
    assertThat(over.verdict().finding()).isEqualTo(Finding.HARM);
    assertThat(over.reason()).hasValueSatisfying(why -> assertThat(why).contains("26 of 600"));
    assertThat(serving.weight(1)).isEqualTo(10_000);
    assertThat(serving.trafficNow().cause()).isEqualTo(Cause.ABORTED);
    assertThat(serving.trafficNow().changedBy()).isEqualTo("platform");
  }

  /** Ten times as many errors as ever, on both sides alike: that is no fault of the canary. */
  @Test
  void compares_with_the_same_time_and_not_with_better_days() {
    GradualRollout rollout = running(design(TWENTIETH, ALL));
    for (int i = 0; i < 20; i++) {
      counted(1900, 2, 100, 0);
      looked(rollout, Duration.ofSeconds(2));
    }
    for (int i = 0; i < 20; i++) {
      counted(1900, 190, 100, 10);
      assertThat(looked(rollout, Duration.ofSeconds(2)).state()).isEqualTo(RolloutState.RUNNING);
    }
  }

  @Test
  void sends_a_canary_back_at_once_that_fails_grossly() {
    GradualRollout rollout = running(design(TWENTIETH, ALL));
    counted(0, 0, 15, 5);
    GradualRollout over = looked(rollout, Duration.ofSeconds(2));
    assertThat(over.state()).isEqualTo(RolloutState.ABORTED);
    assertThat(over.reason()).contains("It failed on 5 of its first 15 requests.");
  }

  @Test
  void sends_a_slow_canary_back_and_leaves_one_alone_that_is_a_little_slower() {
    GradualRollout rollout = running(design(TWENTIETH, ALL));
    counted(2000, 0, 100, 0);
    looked(rollout, Duration.ofSeconds(2));
    for (int i = 0; i < 30; i++) {
      // One in twenty of the stable version is slow, and one in twelve of the canary.
      serving.counts.count("one", stable.id(), 1805, 0, QUICK);
      serving.counts.count("one", stable.id(), 95, 0, SLOW);
      serving.counts.count("one", canary.id(), 92, 0, QUICK);
      serving.counts.count("one", canary.id(), 8, 0, SLOW);
      assertThat(looked(rollout, Duration.ofSeconds(2)).state()).isEqualTo(RolloutState.RUNNING);
    }
    serving.counts.count("one", stable.id(), 1900, 0, QUICK);
    serving.counts.count("one", canary.id(), 50, 0, QUICK);
    serving.counts.count("one", canary.id(), 50, 0, SLOW);
    GradualRollout over = looked(rollout, Duration.ofSeconds(2));
    assertThat(over.state()).isEqualTo(RolloutState.ABORTED);
    assertThat(over.reason()).hasValueSatisfying(why -> assertThat(why).contains("slow"));
  }

  @Test
  void sends_a_canary_back_whose_outcomes_are_worse() {
    RolloutDesign design =
        new RolloutDesignForm(
                List.of(new StepForm(5000, null, 0L, 300L)),
                null,
                null,
                new QualityForm("right", null, null, null),
                null,
                null,
                null,
                null)
            .design("");
    GradualRollout rollout = running(design);
    RolloutOutcomeReports reports =
        new RolloutOutcomeReports(
            serving.rollouts, serving.rollouts, serving.traffic, serving.transactions);
    counted(100, 0, 100, 0);
    assertThat(tell(reports, Optional.of("wrong"), 0, 100, 1)).isZero();
    assertThat(tell(reports, Optional.of("right"), 0, 200, 1)).isEqualTo(200);
    assertThat(tell(reports, Optional.empty(), 0, 200, 0)).as("the first word stands").isZero();
    GradualRollout fine = looked(rollout, Duration.ofHours(1));
    assertThat(reasons(fine)).containsExactly("minimum_outcomes");
    assertThat(fine.evidence().canary().outcomes() + fine.evidence().stable().outcomes())
        .isEqualTo(200);

    // From here on the canary is right of half of them, the stable version of all.
    var assignment =
        new ai.matih.ml.serving.traffic.Assignment(
            serving.trafficNow().salt(), serving.trafficNow().split());
    for (int i = 1000; i < 1400; i++) {
      boolean canarys = assignment.target(assignment.bucket("unit-" + i)) == 1;
      tell(reports, Optional.of("right"), i, i + 1, canarys && i % 2 == 0 ? 0 : 1);
    }
    GradualRollout over = looked(rollout, Duration.ofSeconds(2));
    assertThat(over.state()).isEqualTo(RolloutState.ABORTED);
    assertThat(over.reason()).hasValueSatisfying(why -> assertThat(why).contains("outcomes"));
  }

  private int tell(
      RolloutOutcomeReports reports, Optional<String> metric, int from, int to, double value) {
    List<OutcomeReport> told = new ArrayList<>();
    for (int i = from; i < to; i++) {
      told.add(
          new OutcomeReport(Subject.UNIT, "unit-" + i, value, Optional.empty(), Optional.empty()));
    }
    return serving.as(() -> reports.told(MODEL, metric, told));
  }

  @Test
  void counts_nothing_twice_and_nothing_of_before_whoever_looks_and_dies() {
    serving.counts.router("two");
    counted("two", 700, 70, 50, 50);
    GradualRollout rollout = running(design(TWENTIETH, ALL));
    ReconcileRollouts other = serving.reconcileRollouts();
    counted(95, 1, 5, 0);
    counted("two", 95, 1, 5, 0);
    looked(rollout, Duration.ofSeconds(2));
    other.pass();
    assertThat(now(rollout).evidence().canary().requests()).isEqualTo(10);

    // What it counted since the last look is lost with it, on both sides; what it counts next is
    // not.
    counted("two", 95, 0, 5, 0);
    serving.counts.kill("two");
    looked(rollout, Duration.ofSeconds(2));
    serving.after(Duration.ofSeconds(1));
    serving.counts.restart("two");
    counted("two", 38, 0, 2, 1);
    GradualRollout seen = looked(rollout, Duration.ofSeconds(2));
    assertThat(seen.evidence().canary().requests()).isEqualTo(12);
    assertThat(seen.evidence().canary().errors()).isEqualTo(1);
    assertThat(seen.evidence().stable().requests()).isEqualTo(190 + 38);
    assertThat(seen.evidence().stable().errors()).isEqualTo(2);
  }

  @Test
  void holds_while_what_is_seen_leans_to_harm() {
    GradualRollout rollout = running(design(TWENTIETH, ALL));
    counted(1900, 19, 100, 4);
    GradualRollout held = looked(rollout, Duration.ofHours(1));
    assertThat(reasons(held)).containsExactly("inconclusive");
    assertThat(held.state()).isEqualTo(RolloutState.RUNNING);
    counted(3800, 38, 200, 1);
    assertThat(looked(rollout, Duration.ofSeconds(2)).state()).isEqualTo(RolloutState.COMPLETED);
  }

  @Test
  void takes_no_step_by_itself_in_a_freeze_and_goes_back_in_one() {
    var begin = serving.clock.instant();
    RolloutDesign frozen =
        new RolloutDesignForm(
                List.of(TWENTIETH, ALL),
                null,
                null,
                null,
                null,
                null,
                List.of(new FreezeForm(begin.plus(Duration.ofMinutes(5)), begin.plusSeconds(7200))),
                null)
            .design("");
    GradualRollout rollout = running(frozen);
    counted(1900, 19, 100, 1);
    assertThat(reasons(looked(rollout, Duration.ofHours(1)))).containsExactly("freeze");
    counted(1900, 0, 100, 60);
    assertThat(looked(rollout, Duration.ofSeconds(2)).state()).isEqualTo(RolloutState.ABORTED);

    GradualRollout second = running(frozen);
    counted(1900, 19, 100, 1);
    assertThat(reasons(looked(second, Duration.ofMinutes(30)))).containsExactly("freeze");
    assertThat(looked(second, Duration.ofHours(1)).state()).isEqualTo(RolloutState.COMPLETED);
  }

  @Test
  void waits_where_the_stage_does_not_allow_the_next_step_and_goes_on_when_it_does() {
    canary = deployed(4, Stage.STAGING);
    GradualRollout rollout =
        serving.as(
            () ->
                serving.startRollout.now(
                    MODEL, 4, design(new StepForm(5000, null, 0L, null), ALL), "user:alice"));
    counted(50, 0, 50, 0);
    GradualRollout held = looked(rollout, Duration.ofHours(1));
    assertThat(reasons(held)).containsExactly("stage_forbids");
    assertThat(held.waitsFor().getFirst().message()).contains("Promote to Production");
    refused(
        ServingError.STAGE_FORBIDS,
        () -> serving.run(() -> serving.steer.promote(MODEL, rollout.id(), PromoteTo.LAST, BOB)));

    serving.run(() -> serving.deployments.save(serving.find(canary).at(Stage.PRODUCTION)));
    assertThat(looked(rollout, Duration.ofSeconds(2)).state()).isEqualTo(RolloutState.COMPLETED);
  }

  @Test
  void goes_back_when_its_time_limit_comes_before_its_last_step() {
    GradualRollout rollout =
        running(
            new RolloutDesignForm(
                    List.of(TWENTIETH, ALL), null, null, null, null, null, null, "PT1H")
                .design(""));
    GradualRollout over = looked(rollout, Duration.ofHours(1));
    assertThat(over.state()).isEqualTo(RolloutState.ABORTED);
    assertThat(over.history().getLast().move()).isEqualTo(RolloutMove.EXPIRED);
    assertThat(serving.weight(1)).isEqualTo(10_000);
  }

  @Test
  void is_paused_resumed_promoted_and_aborted_with_a_reason_and_each_once() {
    GradualRollout rollout = running(design(TWENTIETH, QUARTER, ALL));
    serving.run(() -> serving.steer.pause(MODEL, rollout.id(), BOB));
    GradualRollout paused = serving.as(() -> serving.steer.pause(MODEL, rollout.id(), BOB));
    assertThat(paused.history()).hasSize(2);
    assertThat(paused.reason()).contains("Paused by user:bob: it is late");
    counted(1900, 19, 100, 1);
    assertThat(reasons(looked(rollout, Duration.ofHours(1)))).containsExactly("paused");
    serving.run(() -> serving.steer.resume(MODEL, rollout.id(), BOB));
    assertThat(looked(rollout, Duration.ofSeconds(2)).step()).isEqualTo(1);

    Act stale = new Act("user:bob", Optional.empty(), Optional.of(2L));
    refused(
        CommonError.STALE_REVISION,
        () -> serving.run(() -> serving.steer.promote(MODEL, rollout.id(), PromoteTo.NEXT, stale)));
    GradualRollout done =
        serving.as(() -> serving.steer.promote(MODEL, rollout.id(), PromoteTo.NEXT, BOB));
    assertThat(done.state()).isEqualTo(RolloutState.COMPLETED);
    assertThat(serving.weight(2)).isEqualTo(10_000);
    assertThat(serving.trafficNow().changedBy()).isEqualTo("user:bob");
    assertThat(serving.as(() -> serving.steer.promote(MODEL, rollout.id(), PromoteTo.LAST, BOB)))
        .isEqualTo(done);
    refused(
        ServingError.ROLLOUT_NOT_UNDER_WAY,
        () -> serving.run(() -> serving.steer.abort(MODEL, rollout.id(), BOB)));
    refused(
        ServingError.ROLLOUT_NOT_FOUND,
        () -> serving.run(() -> serving.steer.abort(MODEL, "nobody", BOB)));
  }

  @Test
  void is_judged_while_it_is_paused() {
    GradualRollout rollout = running(design(TWENTIETH, ALL));
    serving.run(() -> serving.steer.pause(MODEL, rollout.id(), BOB));
    counted(1900, 0, 100, 30);
    assertThat(looked(rollout, Duration.ofSeconds(2)).state()).isEqualTo(RolloutState.ABORTED);
  }

  @Test
  void that_is_aborted_gives_the_traffic_back_and_ends_for_good() {
    GradualRollout rollout = running(design(TWENTIETH, ALL));
    GradualRollout over = serving.as(() -> serving.steer.abort(MODEL, rollout.id(), BOB));
    assertThat(over.state()).isEqualTo(RolloutState.ABORTED);
    assertThat(serving.as(() -> serving.steer.abort(MODEL, rollout.id(), BOB))).isEqualTo(over);
    assertThat(serving.weight(1)).isEqualTo(10_000);
    assertThat(running(design(TWENTIETH, ALL)).id()).isNotEqualTo(rollout.id());
  }

  @Test
  void never_sends_a_request_to_a_stable_version_that_is_not_ready() {
    GradualRollout rollout = running(design(TWENTIETH, ALL));
    serving.run(
        () ->
            serving.deployments.save(
                serving
                    .find(stable)
                    .moved(DeploymentMove.ENDED, serving.clock.instant(), Optional.empty())));
    counted(1900, 0, 100, 60);
    GradualRollout stuck = looked(rollout, Duration.ofSeconds(2));
    assertThat(reasons(stuck)).containsExactly("stable_not_ready");
    assertThat(serving.weight(2)).isEqualTo(500);
    refused(
        ServingError.TARGET_NOT_READY,
        () -> serving.run(() -> serving.steer.abort(MODEL, rollout.id(), BOB)));
  }

  @Test
  void ends_with_the_reason_when_the_traffic_goes_another_way() {
    GradualRollout changed = running(design(TWENTIETH, ALL));
    serving.share(1, 7000, 2, 3000);
    assertThat(now(changed).state()).isEqualTo(RolloutState.ENDED);
    assertThat(now(changed).reason())
        .hasValueSatisfying(why -> assertThat(why).contains("changed by user:alice"));
    assertThat(reconcile.pass()).isZero();
    assertThat(serving.weight(2)).isEqualTo(3000);

    GradualRollout aborted = running(design(TWENTIETH, ALL));
    assertThat(serving.weight(2)).isEqualTo(500);
    serving.run(
        () ->
            new ReturnTraffic(
                    serving.traffic, serving.deployments, serving.rule, serving.transactions)
                .toStable(MODEL, Optional.empty(), "user:bob"));
    assertThat(now(aborted).state()).isEqualTo(RolloutState.ENDED);

    GradualRollout tested = running(design(TWENTIETH, ALL));
    serving.run(
        () ->
            serving.start.now(MODEL, 2, AbTestDesignForm.DEFAULTS.design(5000, ""), "user:carol"));
    assertThat(now(tested).reason())
        .hasValueSatisfying(why -> assertThat(why).contains("tested by user:carol"));
    refused(ServingError.AB_TEST_OPEN, () -> running(design(TWENTIETH, ALL)));
    serving.run(() -> serving.stop.stop(canary.id(), "user:dave", "Gone."));
    refused(ServingError.TARGET_NOT_READY, () -> running(design(TWENTIETH, ALL)));
  }

  @Test
  void ends_when_one_of_its_two_versions_is_taken_off() {
    GradualRollout rollout = running(design(TWENTIETH, ALL));
    serving.run(() -> serving.stop.stop(canary.id(), "user:dave", "Gone."));
    assertThat(now(rollout).state()).isEqualTo(RolloutState.ENDED);
    assertThat(serving.weight(1)).isEqualTo(10_000);
  }

  @Test
  void begins_by_itself_once_its_deployment_is_ready() {
    serving.register(4, Stage.STAGING);
    RolloutDesign design = design(TWENTIETH);
    Deployment pending =
        serving.as(
            () ->
                serving.deploy.deploy(
                    new DeploymentRequest(
                        MODEL,
                        4,
                        Optional.empty(),
                        HostingChange.NONE,
                        RolloutPlan.GRADUAL,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(design),
                        Optional.empty()),
                    "user:alice"));
    GradualRollout waiting = serving.as(() -> serving.rollouts.open(MODEL).orElseThrow());
    assertThat(waiting.state()).isEqualTo(RolloutState.WAITING);
    assertThat(reconcile.pass()).isZero();
    refused(
        ServingError.ROLLOUT_OPEN,
        () ->
            serving.run(() -> serving.startRollout.now(MODEL, 2, design(TWENTIETH), "user:alice")));
    refused(
        ServingError.ROLLOUT_NOT_UNDER_WAY,
        () -> serving.run(() -> serving.steer.pause(MODEL, waiting.id(), BOB)));

    serving.run(
        () ->
            serving.deployments.save(
                pending
                    .moved(DeploymentMove.ADMITTED, serving.clock.instant(), Optional.empty())
                    .moved(DeploymentMove.LOADED, serving.clock.instant(), Optional.empty())));
    assertThat(reconcile.pass()).isEqualTo(1);
    assertThat(now(waiting).state()).isEqualTo(RolloutState.RUNNING);
    assertThat(serving.weight(4)).isEqualTo(500);
  }

  @Test
  void never_begins_beside_two_others_or_alone() {
    deployed(3, Stage.PRODUCTION);
    serving.share(1, 5000, 3, 5000);
    refused(ServingError.TRAFFIC_SHARED, () -> running(design(TWENTIETH)));
    refused(
        ServingError.NOT_DEPLOYED,
        () -> serving.run(() -> serving.startRollout.now(MODEL, 9, design(TWENTIETH), "user:a")));
    serving.run(() -> serving.stop.stop(serving.find(stable).id(), "user:a", "Gone."));
    refused(
        ServingError.NO_STABLE_TARGET,
        () -> serving.run(() -> serving.startRollout.now(MODEL, 3, design(TWENTIETH), "user:a")));
  }

  private static void refused(Enum<?> error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.error()).isEqualTo(error));
  }
}
