package ai.matih.ml.serving.deployment;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.MODEL;
import static ai.matih.ml.serving.fixture.memory.InMemoryServing.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.RouterReports.LoadState;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.routing.RouterStatus.Acknowledgement;
import ai.matih.ml.serving.routing.RouterStatus.DeploymentStatus;
import ai.matih.ml.serving.routing.RouterStatus.StatusReport;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A deployment ... */
class ReconcileDeploymentsTests {

  private final InMemoryServing serving = new InMemoryServing();

  @Test
  void is_ready_when_every_router_has_it_loaded_and_then_gets_its_traffic() {
    serving.register(1, Stage.PRODUCTION);
    Deployment deployment = serving.deploy(1, RolloutPlan.DIRECT);
    assertThat(serving.reconcile.pass()).isEqualTo(1);
    assertThat(serving.find(deployment).state()).isEqualTo(DeploymentState.LOADING);

    report("one", deployment, LoadState.LOADED, 0, 0);
    report("two", deployment, LoadState.LOADING, 0, 0);
    assertThat(serving.reconcile.pass()).isZero();

    report("two", deployment, LoadState.LOADED, 0, 0);
    assertThat(serving.reconcile.pass()).isEqualTo(1);
    assertThat(serving.find(deployment).state()).isEqualTo(DeploymentState.READY);
    assertThat(serving.reconcile.pass()).isEqualTo(1);
    assertThat(serving.weight(1)).isEqualTo(10_000);
    assertThat(serving.find(deployment).rollout()).isEqualTo(RolloutPlan.DIRECT.ended());
    assertThat(serving.reconcile.pass()).isZero();
  }

  @Test
  void fails_when_a_router_refuses_it_or_time_runs_out() {
    serving.register(1, Stage.PRODUCTION);
    Deployment refused = serving.deploy(1, RolloutPlan.DIRECT);
    serving.reconcile.pass();
    report("one", refused, LoadState.FAILED, 0, 0);
    serving.reconcile.pass();
    assertThat(serving.find(refused).state()).isEqualTo(DeploymentState.FAILED);
    assertThat(serving.find(refused).reason()).contains("broken");
    assertThat(serving.find(refused).rollout().isOver()).isTrue();

    serving.register(2, Stage.PRODUCTION);
    Deployment late = serving.deploy(2, RolloutPlan.NONE);
    serving.reconcile.pass();
    serving.after(Duration.ofMinutes(6));
    serving.reconcile.pass();
    assertThat(serving.find(late).state()).isEqualTo(DeploymentState.FAILED);
    assertThat(serving.find(late).reason())
        .hasValueSatisfying(why -> assertThat(why).contains("PT5M"));
  }

  @Test
  void stops_draining_when_every_router_proved_that_nothing_is_left() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    Deployment canary = serving.ready(2, Stage.STAGING, RolloutPlan.canary(new Weight(2000)));
    assertThat(serving.weight(2)).isEqualTo(2000);
    serving.run(() -> serving.stop.stop(canary.id(), "user:alice", "Deleted."));
    assertThat(serving.weight(1)).isEqualTo(10_000);
    long revision = serving.trafficNow().revision();

    report("one", canary, LoadState.RETIRED, revision, 1);
    assertThat(serving.reconcile.pass()).isZero();
    report("one", canary, LoadState.RETIRED, revision - 1, 0);
    assertThat(serving.reconcile.pass()).isZero();
    report("one", canary, LoadState.RETIRED, revision, 0);
    assertThat(serving.reconcile.pass()).isEqualTo(1);
    assertThat(serving.find(canary).state()).isEqualTo(DeploymentState.STOPPED);
    assertThat(serving.find(canary).reason()).contains("Deleted.");
  }

  @Test
  void that_was_archived_drains_unless_it_still_has_traffic() {
    Deployment used = serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    Deployment idle = serving.ready(2, Stage.STAGING, RolloutPlan.NONE);
    FollowStages stages =
        new FollowStages(
            serving.registry,
            serving.deployments,
            serving.traffic,
            serving.stop,
            serving.transactions);
    serving.register(1, Stage.ARCHIVED);
    serving.register(2, Stage.ARCHIVED);

    assertThat(stages.ask()).isEqualTo(2);

    assertThat(serving.find(used).state()).isEqualTo(DeploymentState.READY);
    assertThat(serving.find(used).stage()).isEqualTo(Stage.ARCHIVED);
    assertThat(serving.find(idle).state()).isEqualTo(DeploymentState.DRAINING);
    assertThat(serving.find(idle).reason()).contains("Its version was archived.");
  }

  @Test
  void that_no_router_began_is_withdrawn_at_once_and_stays_so() {
    serving.register(1, Stage.PRODUCTION);
    Deployment deployment = serving.deploy(1, RolloutPlan.DIRECT);
    for (int i = 0; i < 2; i++) {
      Deployment stopped =
          serving.as(() -> serving.stop.stop(deployment.id(), "user:alice", "Deleted."));
      assertThat(stopped.state()).isEqualTo(DeploymentState.STOPPED);
    }
    assertThat(serving.reconcile.pass()).isZero();
  }

  private void report(
      String router, Deployment deployment, LoadState state, long revision, int inFlight) {
    serving.routers.report(
        new StatusReport(
            router,
            List.of(
                new DeploymentStatus(
                    TENANT,
                    MODEL,
                    deployment.id(),
                    state,
                    state == LoadState.FAILED ? Optional.of("broken") : Optional.empty(),
                    inFlight,
                    Optional.empty(),
                    Optional.empty())),
            List.of(new Acknowledgement(TENANT, MODEL, revision)),
            Map.of(),
            Map.of()),
        true);
  }
}
