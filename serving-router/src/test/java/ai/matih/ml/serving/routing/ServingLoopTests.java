package ai.matih.ml.serving.routing;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.MODEL;
import static ai.matih.ml.serving.fixture.memory.InMemoryServing.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.deployment.DeploymentState;
import ai.matih.ml.serving.deployment.RouterReports.LoadState;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineNotReady;
import ai.matih.ml.serving.engine.EngineSupport;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.VersionForms;
import ai.matih.ml.serving.engine.onnx.OnnxEngine;
import ai.matih.ml.serving.engine.recall.RecallEngine;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.routing.RouterStatus.DeploymentStatus;
import ai.matih.ml.serving.routing.RouterStatus.StatusReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The loop of a router ... */
class ServingLoopTests {

  private final InMemoryServing serving = new InMemoryServing();
  private final OnnxEngine onnx = new OnnxEngine(new ScoringLimit(2, 0, Duration.ZERO));

  private Deployment deployed() {
    serving.register(1, Stage.PRODUCTION);
    return serving.deploy(1, RolloutPlan.DIRECT);
  }

  private DeploymentStatus status() {
    StatusReport report = serving.routers.last(RouterInMemory.NAME).orElseThrow();
    return report.deployments().getFirst();
  }

  @Test
  void loads_reports_and_serves_what_is_wanted_and_deregisters_at_its_end() {
    Deployment deployment = deployed();
    RouterInMemory router = new RouterInMemory(serving, onnx, List.of());

    router.pass(6);

    assertThat(router.loop.isCaughtUp()).isTrue();
    assertThat(serving.find(deployment).state()).isEqualTo(DeploymentState.READY);
    assertThat(serving.weight(1)).isEqualTo(10_000);
    try (RoutedModel routed = router.router.assigned(TENANT, MODEL, "user-1")) {
      assertThat(routed.target().version()).isEqualTo(1);
    }
    int changes = serving.routers.changes();
    router.pass(3);
    assertThat(serving.routers.changes()).isEqualTo(changes);

    router.stop();
    assertThat(serving.routers.last(RouterInMemory.NAME)).isEmpty();
    assertThatThrownBy(() -> router.router.assigned(TENANT, MODEL, "user-1"))
        .isInstanceOf(Problem.class);
  }

  @Test
  void asks_an_engine_that_is_not_ready_again_and_reports_why_it_waits() {
    Deployment deployment = deployed();
    LateEngine late = new LateEngine(onnx);
    RouterInMemory router = new RouterInMemory(serving, late, List.of());

    router.pass(3);
    assertThat(status().loadState()).isEqualTo(LoadState.LOADING);
    assertThat(status().failure()).contains("1 of 2 replicas run");

    late.ready = true;
    router.pass(2);
    assertThat(status().loadState()).isEqualTo(LoadState.LOADING);
    serving.after(Duration.ofSeconds(6));
    router.pass(3);
    assertThat(serving.find(deployment).state()).isEqualTo(DeploymentState.READY);
  }

  @Test
  void reports_a_deployment_on_an_engine_that_is_not_offered_as_failed() {
    Deployment deployment = deployed();
    RouterInMemory router = new RouterInMemory(serving, new RecallEngine(), List.of());

    router.pass(4);

    assertThat(serving.find(deployment).state()).isEqualTo(DeploymentState.FAILED);
    assertThat(serving.find(deployment).reason())
        .hasValueSatisfying(why -> assertThat(why).contains("onnx", "recall"));
  }

  @Test
  void goes_on_with_what_it_knows_while_the_database_is_away() {
    deployed();
    RouterInMemory.KeptPlan disk = new RouterInMemory.KeptPlan();
    RouterInMemory router = new RouterInMemory(serving, onnx, List.of(), disk);
    router.pass(6);
    serving.traffic.away(true);

    router.pass(2);
    assertThat(router.plans.staleSince()).contains(serving.clock.instant());
    router.router.assigned(TENANT, MODEL, "user-1").close();

    RouterInMemory restarted = new RouterInMemory(serving, onnx, List.of(), disk);
    restarted.pass(2);
    assertThat(restarted.loop.isCaughtUp()).isTrue();
    restarted.router.assigned(TENANT, MODEL, "user-1").close();

    serving.traffic.away(false);
    restarted.pass(1);
    assertThat(restarted.plans.staleSince()).isEmpty();
    router.stop();
    restarted.stop();
  }

  @Test
  void keeps_pinned_callers_until_a_report_is_stored() {
    deployed();
    RouterInMemory router = new RouterInMemory(serving, onnx, List.of());
    router.pass(6);
    router.router.pinned(TENANT, MODEL, 1, "user:bob").close();

    serving.routers.away(true);
    router.pass(1);
    assertThat(router.plans.staleSince()).isPresent();
    serving.routers.away(false);
    router.pass(1);

    assertThat(serving.routers.last(RouterInMemory.NAME).orElseThrow().pinnedCallers().keySet())
        .extracting(PinnedCallers.Pin::principal)
        .containsExactly("user:bob");
    router.stop();
  }

  /** Another engine's models, once it is ready. */
  private static final class LateEngine implements ScoringEngine {

    private final ScoringEngine engine;
    private boolean ready;

    LateEngine(ScoringEngine engine) {
      this.engine = engine;
    }

    @Override
    public EngineName name() {
      return engine.name();
    }

    @Override
    public EngineSupport support(VersionForms forms) {
      return engine.support(forms);
    }

    @Override
    public ScoringModel load(Bundle bundle, Placement placement) {
      if (!ready) {
        throw new EngineNotReady("1 of 2 replicas run");
      }
      return engine.load(bundle, placement);
    }

    @Override
    public int warmUpCalls() {
      return 3;
    }

    @Override
    public ScoringLimit limit() {
      return engine.limit();
    }
  }
}
