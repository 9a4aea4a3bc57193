package ai.matih.ml.serving.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineSupport;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.VersionForms;
import ai.matih.ml.serving.engine.recall.RecallEngine;
import ai.matih.ml.serving.fixture.TestBundles;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.observation.AnsweredPrediction;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.routing.RouterInMemory;
import ai.matih.ml.serving.traffic.ChosenTarget;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who asks a shadow ... */
@Timeout(20)
class ShadowWorkerTests {

  private static final Signature SIGNATURE = TestBundles.signature("numeric-v1");

  /** What the model does before it answers. */
  private volatile Runnable first = () -> {};

  private final InMemoryServing serving = new InMemoryServing();
  private final RouterInMemory router = new RouterInMemory(serving, new Told(), List.of());
  private final RunningShadows running =
      new RunningShadows(
          serving.shadows,
          router.router,
          new ShadowSettings(10, 1_000, 10_000, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)));
  private final StoreShadowCounts store = new StoreShadowCounts(running, serving.shadows);

  private String shadow = "";

  @BeforeEach
  void start() {
    Deployment deployment = serving.ready(2, Stage.STAGING, RolloutPlan.NONE);
    router.pass(3);
    serving.run(
        () ->
            new StartShadow(serving.shadows, serving.clock)
                .start(deployment, new Weight(Weight.ALL_BPS), "user:alice"));
    shadow = serving.shadows.running(deployment.id()).orElseThrow().id();
    running.refresh();
  }

  @AfterEach
  void stop() {
    running.stop();
  }

  private void answered() {
    Batch batch = new Batch(SIGNATURE, 1);
    for (int column = 0; column < SIGNATURE.columns().size(); column++) {
      batch.number(0, column, 1);
    }
    running.answered(
        new AnsweredPrediction(
            InMemoryServing.TENANT,
            InMemoryServing.MODEL,
            "r-1",
            true,
            new ChosenTarget(1, "d", Stage.PRODUCTION, "stable", 1, 17, 4711, null),
            batch,
            new Scores(SIGNATURE, 1, new float[] {1, 0}),
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            0));
  }

  private void until(Predicate<ShadowCounts> counted) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    ShadowCounts seen = ShadowCounts.NOTHING;
    while (!counted.test(seen)) {
      assertThat(System.nanoTime()).as("%s", seen).isLessThan(end);
      Thread.onSpinWait();
      store.pass();
      seen = serving.shadows.counts(shadow).getOrDefault(1L, ShadowCounts.NOTHING);
    }
  }

  @Test
  void goes_on_after_an_error() {
    first =
        () -> {
          throw new NoClassDefFoundError("as the test wants it");
        };
    answered();
    until(counted -> counted.failed() == 1);
    first = () -> {};
    answered();
    until(counted -> counted.answers() == 1);
  }

  @Test
  void goes_on_when_an_engine_leaves_its_thread_interrupted() {
    first = () -> Thread.currentThread().interrupt();
    answered();
    until(counted -> counted.answers() == 1);
    answered();
    until(counted -> counted.answers() == 2);
  }

  @Test
  void counts_what_is_answered_after_its_end() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    first =
        () -> {
          entered.countDown();
          awaitWhateverInterrupts(gate);
        };
    answered();
    entered.await();
    serving.run(
        () ->
            new EndShadow(serving.shadows, serving.traffic, serving.transactions, serving.clock)
                .end(InMemoryServing.MODEL, shadow, "Seen enough."));
    running.refresh();
    store.pass();
    gate.countDown();
    until(counted -> counted.answers() == 1);
  }

  @Test
  void does_not_blame_a_shadow_for_a_copy_that_its_end_broke_off() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    first =
        () -> {
          entered.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
          }
        };
    answered();
    entered.await();
    running.stop();
    store.pass();
    assertThat(serving.shadows.counts(shadow)).isEmpty();
    assertThat(running.counters()).isEmpty();
  }

  private static void awaitWhateverInterrupts(CountDownLatch gate) {
    boolean interrupted = false;
    while (true) {
      try {
        gate.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** In the place of ONNX; its models do what they are told before they answer. */
  private final class Told implements ScoringEngine {

    private final RecallEngine recall = new RecallEngine();
    private final ScoringLimit limit = new ScoringLimit(2, 10, Duration.ofSeconds(1));

    @Override
    public EngineName name() {
      return new EngineName("onnx");
    }

    @Override
    public EngineSupport support(VersionForms forms) {
      return EngineSupport.PROVEN;
    }

    @Override
    public ScoringModel load(Bundle bundle, Placement placement) {
      ScoringModel model = recall.load(bundle, placement);
      return new ScoringModel() {
        @Override
        public Signature signature() {
          return model.signature();
        }

        @Override
        public boolean computesHere() {
          return true;
        }

        @Override
        public Scores score(Batch batch) {
          first.run();
          return model.score(batch);
        }

        @Override
        public void close() {
          model.close();
        }
      };
    }

    @Override
    public int warmUpCalls() {
      return 1;
    }

    @Override
    public ScoringLimit limit() {
      return limit;
    }
  }
}
