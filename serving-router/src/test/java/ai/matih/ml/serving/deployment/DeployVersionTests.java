package ai.matih.ml.serving.deployment;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.abtest.AbTestDesignForm;
import ai.matih.ml.serving.abtest.AbTestState;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.OnnxStatus;
import ai.matih.ml.serving.engine.recall.RecallEngine;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.rollout.RolloutPlan.Strategy;
import ai.matih.ml.serving.traffic.Weight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Deploying a version ... */
class DeployVersionTests {

  private final InMemoryServing serving = new InMemoryServing();

  @Test
  void makes_one_deployment_however_often_it_is_asked_for() {
    serving.register(1, Stage.PRODUCTION);
    Deployment first = serving.deploy(1, RolloutPlan.NONE);
    Deployment second = serving.deploy(1, RolloutPlan.DIRECT);

    assertThat(first.state()).isEqualTo(DeploymentState.PENDING);
    assertThat(first.engine()).isEqualTo(EngineName.ONNX);
    assertThat(first.proven()).isTrue();
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.rollout()).isEqualTo(RolloutPlan.DIRECT);
    assertThat(serving.deploy(1, RolloutPlan.NONE).rollout()).isEqualTo(RolloutPlan.DIRECT);
  }

  @Test
  void keeps_the_engine_and_asks_it_whether_the_version_may_run_there() {
    serving.registry.put(MODEL, 1, Stage.PRODUCTION, OnnxStatus.MISMATCH, "numeric-v1");
    refused(ServingError.ENGINE_BARRED, () -> serving.deploy(1, RolloutPlan.NONE));

    Deployment onRecall = deployOn(RecallEngine.NAME);

    assertThat(onRecall.engine()).isEqualTo(RecallEngine.NAME);
    assertThat(serving.deploy(1, RolloutPlan.NONE)).isEqualTo(onRecall);
    serving.registry.put(MODEL, 1, Stage.PRODUCTION, OnnxStatus.VERIFIED, "numeric-v1");
    refused(ServingError.OTHER_ENGINE, () -> deployOn(EngineName.ONNX));
    refused(ServingError.ENGINE_NOT_OFFERED, () -> deployOn(new EngineName("abacus")));
  }

  private Deployment deployOn(EngineName engine) {
    return serving.as(
        () ->
            serving.deploy.deploy(
                new DeploymentRequest(
                    MODEL,
                    1,
                    Optional.of(engine),
                    HostingChange.NONE,
                    RolloutPlan.NONE,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                "user:alice"));
  }

  @Test
  void of_unproven_files_lets_the_routers_check_them_first() {
    serving.registry.put(MODEL, 1, Stage.PRODUCTION, OnnxStatus.UNVERIFIED, "numeric-v1");
    assertThat(serving.deploy(1, RolloutPlan.NONE).proven()).isFalse();
  }

  @Test
  void is_refused_for_what_the_registry_does_not_know_or_the_stage_forbids() {
    refused(ServingError.VERSION_NOT_FOUND, () -> serving.deploy(9, RolloutPlan.NONE));
    serving.register(1, Stage.ARCHIVED);
    refused(ServingError.STAGE_FORBIDS, () -> serving.deploy(1, RolloutPlan.NONE));
    serving.register(2, Stage.STAGING);
    refused(ServingError.STAGE_FORBIDS, () -> serving.deploy(2, RolloutPlan.DIRECT));
    serving.register(3, Stage.DEVELOPMENT);
    assertThat(serving.deploy(3, RolloutPlan.NONE).stage()).isEqualTo(Stage.DEVELOPMENT);
  }

  @Test
  void is_refused_when_the_files_changed_or_the_last_deployment_still_drains() {
    Deployment first = serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    serving.registry.put(MODEL, 1, Stage.PRODUCTION, OnnxStatus.VERIFIED, "regression");
    refused(ServingError.OTHER_FILES, () -> serving.deploy(1, RolloutPlan.NONE));

    serving.run(() -> serving.stop.stop(first.id(), "user:alice", "Deleted."));
    refused(ServingError.DEPLOYMENT_ENDED, () -> serving.deploy(1, RolloutPlan.NONE));
  }

  @Test
  void tells_what_its_inputs_change_for_who_calls_already() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    serving.registry.put(MODEL, 2, Stage.STAGING, OnnxStatus.VERIFIED, "mixed");

    Deployment two = serving.deploy(2, RolloutPlan.NONE);
    assertThat(two.inputs().change())
        .isEqualTo(
            new InputChange(List.of("carrier", "hour"), List.of("temp", "wind_speed"), List.of()));
    assertThat(two.inputs().required()).containsExactly("carrier", "hour");

    Deployment again = deployWith(2, Map.of("carrier", "AA", "hour", 7));
    assertThat(again.id()).isEqualTo(two.id());
    assertThat(again.inputs().required()).isEmpty();
    assertThat(again.inputs().change()).isEqualTo(two.inputs().change());

    serving.registry.put(MODEL, 3, Stage.PRODUCTION, OnnxStatus.VERIFIED, "numeric-v2");
    assertThat(serving.deploy(3, RolloutPlan.DIRECT).inputs().change()).isEqualTo(InputChange.NONE);
  }

  @Test
  void refuses_defaults_that_its_model_does_not_take() {
    serving.registry.put(MODEL, 1, Stage.PRODUCTION, OnnxStatus.VERIFIED, "mixed");
    Map<String, Object> nothing = new HashMap<>();
    nothing.put("hour", null);
    for (Map<String, Object> wrong :
        List.of(
            Map.<String, Object>of("age", 1),
            Map.<String, Object>of("hour", 1.5),
            Map.<String, Object>of("carrier", 1),
            Map.<String, Object>of("distance", true),
            Map.<String, Object>of("distance", 1e300),
            nothing)) {
      assertThatThrownBy(() -> deployWith(1, wrong))
          .isInstanceOfSatisfying(
              Problem.class,
              problem ->
                  assertThat(problem.violations().getFirst().field())
                      .isEqualTo("inputs.defaults." + wrong.keySet().iterator().next()));
    }
  }

  private Deployment deployWith(long version, Map<String, Object> defaults) {
    return serving.as(
        () ->
            serving.deploy.deploy(
                new DeploymentRequest(
                    MODEL,
                    version,
                    Optional.empty(),
                    HostingChange.NONE,
                    RolloutPlan.NONE,
                    Optional.of(new InputRules(OnAbsent.SERVE, defaults, InputChange.NONE)),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                "user:alice"));
  }

  @Test
  void as_canary_or_challenger_needs_another_version_beside_it() {
    serving.register(1, Stage.PRODUCTION);
    refused(
        ServingError.NO_STABLE_TARGET,
        () -> serving.deploy(1, RolloutPlan.canary(new Weight(500))));
    refused(ServingError.NO_CONTROL, () -> challenger(1));

    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    serving.register(2, Stage.STAGING);
    Deployment two = challenger(2);
    assertThat(two.rollout().strategy()).isEqualTo(Strategy.AB_TEST);
    assertThat(serving.as(() -> serving.tests.open(MODEL)))
        .hasValueSatisfying(
            test -> {
              assertThat(test.state()).isEqualTo(AbTestState.WAITING);
              assertThat(test.digest()).isEqualTo(two.artifact().digest().value());
            });
  }

  private Deployment challenger(long version) {
    return serving.as(
        () ->
            serving.deploy.deploy(
                new DeploymentRequest(
                    MODEL,
                    version,
                    Optional.empty(),
                    HostingChange.NONE,
                    RolloutPlan.AB_TEST,
                    Optional.empty(),
                    Optional.of(AbTestDesignForm.DEFAULTS.design(1000, "")),
                    Optional.empty(),
                    Optional.empty()),
                "user:alice"));
  }

  private static void refused(ServingError error, ThrowingCallable act) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.error()).isEqualTo(error));
  }
}
