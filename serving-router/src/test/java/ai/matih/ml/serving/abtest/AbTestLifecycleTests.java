package ai.matih.ml.serving.abtest;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.abtest.OutcomeReceipt.Result;
import ai.matih.ml.serving.abtest.OutcomeReport.Subject;
import ai.matih.ml.serving.abtest.Units.Exposed;
import ai.matih.ml.serving.deployment.DeploymentMove;
import ai.matih.ml.serving.deployment.DeploymentRequest;
import ai.matih.ml.serving.deployment.HostingChange;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.traffic.Assignment;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** An A/B test ... */
class AbTestLifecycleTests {

  private static final AbTestDesign HALF = AbTestDesignForm.DEFAULTS.design(5000, "");

  private final InMemoryServing serving = new InMemoryServing();
  private final ReconcileAbTests reconcile =
      new ReconcileAbTests(
          serving.tests,
          serving.start,
          new AnalyseTest(
              serving.tests,
              serving.units,
              serving.traffic,
              serving.end,
              serving.transactions,
              serving.clock),
          serving.transactions,
          serving.settings,
          serving.clock);
  private final RecordOutcomes outcomes =
      new RecordOutcomes(
          serving.tests, serving.units, serving.transactions, serving.settings, serving.clock);

  private AbTest running() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    serving.ready(2, Stage.STAGING, RolloutPlan.NONE);
    return serving.as(() -> serving.start.now(MODEL, 2, HALF, "user:alice"));
  }

  private AbTest now(AbTest test) {
    return serving.as(() -> serving.tests.find(MODEL, test.id()).orElseThrow());
  }

  @Test
  void takes_the_traffic_of_production_for_its_two_arms() {
    AbTest test = running();
    assertThat(test.state()).isEqualTo(AbTestState.RUNNING);
    assertThat(test.control()).hasValueSatisfying(c -> assertThat(c.version()).isEqualTo(1));
    assertThat(serving.weight(2)).isEqualTo(5000);
    assertThat(serving.trafficNow().test()).contains(test.id());
    assertThat(serving.as(() -> serving.start.now(MODEL, 2, HALF, "user:alice"))).isEqualTo(test);
    refused(
        ServingError.AB_TEST_OPEN,
        () ->
            serving.run(
                () ->
                    serving.start.now(
                        MODEL, 2, AbTestDesignForm.DEFAULTS.design(100, ""), "user:alice")));
  }

  @Test
  void waits_for_its_challenger_and_begins_when_that_is_ready() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    serving.register(2, Stage.STAGING);
    serving.run(
        () ->
            serving.deploy.deploy(
                new DeploymentRequest(
                    MODEL,
                    2,
                    Optional.empty(),
                    HostingChange.NONE,
                    RolloutPlan.AB_TEST,
                    Optional.empty(),
                    Optional.of(HALF),
                    Optional.empty(),
                    Optional.empty()),
                "user:alice"));
    AbTest waiting = serving.as(() -> serving.tests.open(MODEL).orElseThrow());
    assertThat(reconcile.pass()).isZero();
    refused(
        ServingError.AB_TEST_NOT_STARTED,
        () ->
            serving.run(
                () -> serving.end.conclude(MODEL, waiting.id(), Optional.empty(), "user:bob")));

    readied(2);
    assertThat(reconcile.pass()).isEqualTo(1);
    assertThat(now(waiting).state()).isEqualTo(AbTestState.RUNNING);
  }

  private void readied(long version) {
    serving.run(
        () -> {
          var deployment = serving.deployments.active(MODEL, version).orElseThrow();
          serving.deployments.save(
              deployment
                  .moved(DeploymentMove.ADMITTED, serving.clock.instant(), Optional.empty())
                  .moved(DeploymentMove.LOADED, serving.clock.instant(), Optional.empty()));
        });
  }

  @Test
  void never_starts_without_one_production_version_to_compare_with() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    serving.ready(2, Stage.STAGING, RolloutPlan.canary(new Weight(1000)));
    serving.ready(3, Stage.STAGING, RolloutPlan.NONE);
    refused(
        ServingError.TRAFFIC_SHARED,
        () -> serving.run(() -> serving.start.now(MODEL, 3, HALF, "user:alice")));
    refused(
        ServingError.NOT_DEPLOYED,
        () -> serving.run(() -> serving.start.now(MODEL, 9, HALF, "user:alice")));
  }

  @Test
  void that_finds_its_challenger_worse_gives_the_traffic_back() {
    AbTest test = running();
    count(test, 1200, 0.5, 0.1);

    assertThat(reconcile.pass()).isEqualTo(1);

    assertThat(now(test).state()).isEqualTo(AbTestState.CONCLUDED);
    assertThat(now(test).verdict()).isEqualTo(AbVerdict.WORSE);
    assertThat(serving.weight(1)).isEqualTo(10_000);
    assertThat(serving.trafficNow().cause()).isEqualTo(Cause.ABORTED);
    assertThat(reconcile.pass()).isZero();
  }

  @Test
  void goes_on_while_nothing_can_be_said_and_ends_at_its_time_limit() {
    AbTest test = running();
    count(test, 200, 0.5, 0.5);
    assertThat(reconcile.pass()).isZero();
    assertThat(now(test).analysis().number()).isEqualTo(1);

    serving.after(Duration.ofDays(31));
    assertThat(reconcile.pass()).isEqualTo(1);
    assertThat(now(test).state()).isEqualTo(AbTestState.CONCLUDED);
    assertThat(now(test).verdict()).isEqualTo(AbVerdict.INCONCLUSIVE);
    assertThat(serving.weight(2)).isEqualTo(5000);
  }

  @Test
  void is_invalid_when_the_units_come_in_another_ratio() {
    AbTest test = running();
    List<Exposed> oneSided = new ArrayList<>();
    for (long unit = 0; unit < 400; unit++) {
      oneSided.add(exposed(test, unit, false));
    }
    serving.units.expose(oneSided);
    assertThat(reconcile.pass()).isEqualTo(1);
    assertThat(now(test).state()).isEqualTo(AbTestState.INVALID);
    assertThat(serving.weight(1)).isEqualTo(10_000);
  }

  @Test
  void ends_when_somebody_stops_it_or_the_traffic_goes_another_way() {
    AbTest stopped = running();
    AbTest end =
        serving.as(() -> serving.end.stop(MODEL, stopped.id(), Optional.of("enough"), "user:bob"));
    assertThat(end.state()).isEqualTo(AbTestState.STOPPED);
    assertThat(end.reason()).contains("Stopped by user:bob: enough");
    assertThat(serving.weight(1)).isEqualTo(10_000);
    assertThat(
            serving.as(
                () -> serving.end.conclude(MODEL, stopped.id(), Optional.empty(), "user:bob")))
        .isEqualTo(end);

    AbTest second = serving.as(() -> serving.start.now(MODEL, 2, HALF, "user:alice"));
    var challenger = serving.as(() -> serving.deployments.active(MODEL, 2)).orElseThrow();
    serving.run(() -> serving.stop.stop(challenger.id(), "user:alice", "Deleted."));
    assertThat(now(second).state()).isEqualTo(AbTestState.STOPPED);
    assertThat(now(second).reason())
        .hasValueSatisfying(why -> assertThat(why).contains("removed by user:alice"));
  }

  @Test
  void that_somebody_concludes_keeps_every_unit_where_it_is() {
    AbTest test = running();
    AbTest concluded =
        serving.as(() -> serving.end.conclude(MODEL, test.id(), Optional.empty(), "user:bob"));
    assertThat(concluded.state()).isEqualTo(AbTestState.CONCLUDED);
    assertThat(concluded.verdict()).isEqualTo(AbVerdict.INCONCLUSIVE);
    assertThat(serving.weight(2)).isEqualTo(5000);
  }

  @Test
  void takes_the_first_outcome_of_a_unit_and_lets_the_oldest_strangers_go() {
    AbTest test = running();
    long known = Assignment.hash(test.salt(), "user-1");
    serving.units.expose(
        List.of(
            new Exposed(
                "acme",
                test.id(),
                known,
                Arms.isChallengers(known, HALF.weight()),
                Optional.of(Assignment.hash(test.salt(), "request-1")),
                serving.clock.instant())));

    assertThat(record(unit("user-1", 1), unit("user-1", 1), unit("user-1", 0)))
        .containsExactly(Result.COUNTED, Result.REPEATED, Result.CONTRADICTING);
    assertThat(
            record(
                new OutcomeReport(
                    Subject.REQUEST, "request-1", 1, Optional.empty(), Optional.empty())))
        .containsExactly(Result.REPEATED);
    assertThat(
            record(
                new OutcomeReport(
                    Subject.UNIT,
                    "user-1",
                    1,
                    Optional.empty(),
                    Optional.of(serving.clock.instant().minusSeconds(60)))))
        .containsExactly(Result.TOO_OLD);
    assertThat(record(unit("a", 1), unit("b", 1), unit("c", 1))).containsOnly(Result.NOT_EXPOSED);
    assertThat(outcomes.dropped()).isEqualTo(1);

    serving.run(() -> serving.end.stop(MODEL, test.id(), Optional.empty(), "user:bob"));
    assertThat(record(unit("user-1", 1))).containsExactly(Result.NO_TEST);
  }

  private List<Result> record(OutcomeReport... reports) {
    return serving.as(() -> outcomes.record(MODEL, Optional.empty(), List.of(reports)).results());
  }

  private static OutcomeReport unit(String name, double value) {
    return new OutcomeReport(Subject.UNIT, name, value, Optional.empty(), Optional.empty());
  }

  /** Exposes so many units per arm, with this rate of positive outcomes. */
  private void count(AbTest test, int perArm, double control, double challenger) {
    List<Exposed> exposed = new ArrayList<>();
    List<Units.Outcome> told = new ArrayList<>();
    for (long unit = 0; unit < 2L * perArm; unit++) {
      boolean challenged = unit % 2 == 1;
      double rate = challenged ? challenger : control;
      exposed.add(exposed(test, unit, challenged));
      told.add(
          new Units.Outcome(
              unit,
              challenged,
              new Units.Told(unit / 2 % 10 < rate * 10 ? 1 : 0, Optional.empty()),
              serving.clock.instant()));
    }
    serving.units.expose(exposed);
    serving.units.record(test.id(), told);
  }

  private Exposed exposed(AbTest test, long unit, boolean challenger) {
    return new Exposed(
        "acme", test.id(), unit, challenger, Optional.empty(), serving.clock.instant());
  }

  private static void refused(ServingError error, ThrowingCallable act) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.error()).isEqualTo(error));
  }
}
