package ai.matih.ml.serving.traffic;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.ErrorCode;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.traffic.ChangeTraffic.Wanted;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Traffic that somebody changes or takes back ... */
class ReturnTrafficTests {

  private final InMemoryServing serving = new InMemoryServing();
  private final ReturnTraffic back =
      new ReturnTraffic(serving.traffic, serving.deployments, serving.rule, serving.transactions);
  private final ChangeTraffic change =
      new ChangeTraffic(
          serving.traffic,
          serving.deployments,
          serving.registry,
          serving.rule,
          serving.transactions);

  private void canary() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    serving.ready(2, Stage.STAGING, RolloutPlan.canary(new Weight(2000)));
  }

  @Test
  void goes_back_to_the_stable_target_once() {
    canary();
    TrafficDocument aborted =
        serving.as(() -> back.toStable(MODEL, Optional.of("slow"), "user:bob"));
    assertThat(serving.weight(1)).isEqualTo(10_000);
    assertThat(aborted.cause()).isEqualTo(Cause.ABORTED);
    assertThat(serving.as(() -> back.toStable(MODEL, Optional.empty(), "user:bob")))
        .isEqualTo(aborted);
  }

  @Test
  void goes_back_to_the_split_before_with_the_buckets_it_had() {
    canary();
    Split before = serving.trafficNow().split();
    serving.run(() -> back.toStable(MODEL, Optional.empty(), "user:bob"));
    serving.run(() -> back.toPrevious(MODEL, Optional.empty(), "user:bob"));
    assertThat(serving.trafficNow().split()).isEqualTo(before);
    assertThat(serving.trafficNow().cause()).isEqualTo(Cause.ROLLED_BACK);
  }

  @Test
  void never_goes_back_to_a_target_that_is_not_ready() {
    canary();
    Deployment stable = serving.as(() -> serving.deployments.active(MODEL, 1)).orElseThrow();
    serving.run(() -> serving.stop.stop(stable.id(), "user:alice", "Deleted."));
    refused(
        ServingError.TARGET_NOT_READY,
        () -> serving.run(() -> back.toPrevious(MODEL, Optional.empty(), "user:bob")));
  }

  @Test
  void is_restored_to_a_version_once_per_restore() {
    canary();
    serving.register(2, Stage.PRODUCTION);
    refused(
        ServingError.STAGE_FORBIDS,
        () -> serving.run(() -> back.toVersion(MODEL, 2, "rolled back", "r-1", "registry")));
    TrafficDocument restored =
        serving.as(() -> back.toVersion(MODEL, 1, "rolled back", "r-1", "registry"));
    assertThat(restored.cause()).isEqualTo(Cause.RESTORED);
    assertThat(serving.as(() -> back.toVersion(MODEL, 1, "again", "r-1", "registry")))
        .isEqualTo(restored);
    refused(
        CommonError.IDEMPOTENCY_KEY_REUSED,
        () -> serving.run(() -> back.toVersion(MODEL, 2, "other", "r-1", "registry")));
    refused(
        ServingError.NOT_DEPLOYED,
        () -> serving.run(() -> back.toVersion(MODEL, 9, "unknown", "r-2", "registry")));
  }

  @Test
  void changes_only_upon_the_revision_that_the_caller_saw() {
    canary();
    long revision = serving.trafficNow().revision();
    List<Wanted> halves =
        List.of(
            new Wanted(1, Optional.empty(), new Weight(5000)),
            new Wanted(2, Optional.empty(), new Weight(5000)));

    TrafficDocument changed =
        serving.as(() -> change.to(MODEL, halves, revision, Optional.empty(), "user:bob"));

    assertThat(changed.split().shares())
        .extracting(Share::variant)
        .containsExactly("stable", "canary");
    refused(
        CommonError.STALE_REVISION,
        () -> serving.run(() -> change.to(MODEL, halves, revision, Optional.empty(), "user:bob")));
    List<Wanted> tooMuch =
        List.of(
            new Wanted(1, Optional.empty(), new Weight(4000)),
            new Wanted(2, Optional.empty(), new Weight(6000)));
    refused(
        ServingError.STAGE_FORBIDS,
        () ->
            serving.run(
                () -> change.to(MODEL, tooMuch, revision + 1, Optional.empty(), "user:bob")));
  }

  private static void refused(ErrorCode error, ThrowingCallable act) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.error()).isEqualTo(error));
  }
}
