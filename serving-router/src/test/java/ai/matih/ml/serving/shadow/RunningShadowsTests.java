package ai.matih.ml.serving.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.fixture.TestBundles;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.observation.AnsweredPrediction;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.routing.PinnedCallers;
import ai.matih.ml.serving.routing.Router;
import ai.matih.ml.serving.traffic.ChosenTarget;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shadows of a router ... */
class RunningShadowsTests {

  private static final Signature SIGNATURE = TestBundles.signature("numeric-v1");

  private final InMemoryServing serving = new InMemoryServing();
  private final RunningShadows running =
      new RunningShadows(
          serving.shadows,
          new Router(new PinnedCallers(), serving.clock),
          new ShadowSettings(2, 1_000, 10_000, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)));
  private final StoreShadowCounts store = new StoreShadowCounts(running, serving.shadows);

  @AfterEach
  void stop() {
    running.stop();
  }

  private Shadow shadow(long version, int sampleBps) {
    Deployment deployment = serving.ready(version, Stage.STAGING, RolloutPlan.NONE);
    return started(deployment, sampleBps, "user:alice");
  }

  private Shadow started(Deployment deployment, int sampleBps, String by) {
    serving.run(
        () ->
            new StartShadow(serving.shadows, serving.clock)
                .start(deployment, new Weight(sampleBps), by));
    return serving.shadows.running(deployment.id()).orElseThrow();
  }

  private void answered(long version, int bucket, long unit) {
    running.answered(
        new AnsweredPrediction(
            InMemoryServing.TENANT,
            InMemoryServing.MODEL,
            "r-1",
            true,
            new ChosenTarget(version, "d", Stage.PRODUCTION, "stable", 1, bucket, unit, null),
            new Batch(SIGNATURE, 1),
            new Scores(SIGNATURE, 1, new float[] {1, 0}),
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            0));
  }

  /** Nothing is loaded on this router, so that every copy is dropped. */
  private long copies(Shadow shadow) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (running.waiting() > 0) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
    store.pass();
    return serving.shadows.counts(shadow.id()).values().stream()
        .mapToLong(ShadowCounts::dropped)
        .sum();
  }

  @Test
  void see_what_callers_got_by_the_traffic_from_another_version() {
    Shadow shadow = shadow(2, Weight.ALL_BPS);
    answered(1, 17, 4711);
    assertThat(running.dropped()).as("nobody knows of it yet").isZero();
    running.refresh();
    answered(1, -1, 0);
    answered(2, 17, 4711);
    assertThat(copies(shadow)).as("pinned calls and its own answers are no copies").isZero();
    answered(1, 17, 4711);
    untilDropped(1);
    store.pass();
    assertThat(serving.shadows.counts(shadow.id())).containsOnlyKeys(1L);
  }

  private void untilDropped(long many) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (running.dropped() < many) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void sample_a_unit_always_or_never() {
    Shadow shadow = shadow(2, 3000);
    int sampled = 0;
    for (long unit = 0; unit < 10_000; unit++) {
      assertThat(shadow.samples(unit)).isEqualTo(shadow.samples(unit));
      sampled += shadow.samples(unit) ? 1 : 0;
    }
    assertThat(sampled).isBetween(2_800, 3_200);
  }

  @Test
  void keep_their_counts_while_the_database_is_away_and_store_them_once() {
    Shadow shadow = shadow(2, Weight.ALL_BPS);
    running.refresh();
    answered(1, 17, 1);
    untilDropped(1);
    serving.shadows.away(true);
    store.pass();
    assertThatThrownBy(running::refresh).isInstanceOf(IllegalStateException.class);
    answered(1, 17, 2);
    untilDropped(2);
    serving.shadows.away(false);
    store.pass();
    store.pass();
    assertThat(copies(shadow)).isEqualTo(2);
  }

  @Test
  void go_with_the_end_of_the_shadow_and_leave_their_counts() {
    Shadow shadow = shadow(2, Weight.ALL_BPS);
    running.refresh();
    answered(1, 17, 1);
    untilDropped(1);
    serving.run(
        () ->
            new EndShadow(serving.shadows, serving.traffic, serving.transactions, serving.clock)
                .end(InMemoryServing.MODEL, shadow.id(), "Seen enough."));
    running.refresh();
    answered(1, 17, 2);
    store.pass();
    assertThat(running.isRunning(shadow.id())).isFalse();
    assertThat(running.dropped()).as("what was dropped stays counted").isEqualTo(1);
    assertThat(copies(shadow)).isEqualTo(1);
  }

  @Test
  void keep_what_was_counted_while_their_last_counts_were_stored() {
    Shadow shadow = shadow(2, Weight.ALL_BPS);
    running.refresh();
    answered(1, 17, 1);
    untilDropped(1);
    running.stop();
    ShadowCounter counter = running.counters().getFirst();
    serving.shadows.whileStoring(() -> counter.failed(1));
    store.pass();
    serving.shadows.whileStoring(() -> {});
    store.pass();
    assertThat(serving.shadows.counts(shadow.id()).values())
        .extracting(ShadowCounts::failed)
        .containsExactly(1L);
    assertThat(running.counters()).as("once all is stored, it is forgotten").isEmpty();
  }

  @Test
  void are_few_per_model_and_start_anew_for_another_share() {
    for (long version = 2; version < 2 + StartShadow.MOST; version++) {
      shadow(version, 100);
    }
    assertThatThrownBy(() -> shadow(9, 100))
        .isInstanceOfSatisfying(
            Problem.class,
            refused -> assertThat(refused.error()).isEqualTo(ServingError.TOO_MANY_SHADOWS));
    Shadow first =
        serving
            .shadows
            .list(InMemoryServing.MODEL, Optional.of(2L), Optional.empty(), 1)
            .getFirst();
    Deployment deployment =
        serving.as(() -> serving.deployments.find(first.deploymentId()).orElseThrow());
    assertThat(started(deployment, 100, "user:bob")).as("as it was").isEqualTo(first);
    Shadow again = started(deployment, 200, "user:bob");
    assertThat(again.id()).isNotEqualTo(first.id());
    assertThat(again.startedBy()).isEqualTo("user:bob");
    assertThat(again.sample().bps()).isEqualTo(200);
    assertThat(serving.shadows.find(InMemoryServing.MODEL, first.id()).orElseThrow())
        .isEqualTo(first.ended(serving.clock.instant(), "Its share was changed."));
  }
}
