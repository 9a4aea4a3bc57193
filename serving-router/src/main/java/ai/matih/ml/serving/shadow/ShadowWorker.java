package ai.matih.ml.serving.shadow;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringFailed;
import ai.matih.ml.serving.routing.RoutedModel;
import ai.matih.ml.serving.routing.Router;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one shadow, copy after copy, on a thread of its own: one that is slow or hangs keeps nobody
 * but itself. It takes no place in the engine from callers.
 */
final class ShadowWorker implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(ShadowWorker.class);
  private static final long LOOK_MILLIS = 1_000;

  private final Tenant tenant;
  private final Router router;
  private final Semaphore computing;
  private final CopyQueue queue;
  private final ShadowCounter counter;
  private volatile Shadow shadow;
  private volatile boolean running = true;
  private volatile @Nullable Thread thread;

  /**
   * @param computing places for those that compute in this process
   */
  ShadowWorker(
      OwnedShadow owned,
      Router router,
      Semaphore computing,
      CopyQueue queue,
      ShadowCounter counter) {
    this.tenant = owned.tenant();
    this.shadow = owned.shadow();
    this.router = router;
    this.computing = computing;
    this.queue = queue;
    this.counter = counter;
  }

  void start() {
    thread = Thread.ofPlatform().name("shadow-" + shadow.id()).daemon().start(this);
  }

  /** What waits is forgotten. */
  void stop() {
    running = false;
    Thread started = thread;
    if (started != null) {
      started.interrupt();
    }
  }

  Shadow shadow() {
    return shadow;
  }

  /** The share may change while it runs. */
  void follow(Shadow now) {
    shadow = now;
  }

  ShadowCounter counter() {
    return counter;
  }

  int waiting() {
    return queue.size();
  }

  /** On the caller's thread: never waits. */
  void offer(Copy copy) {
    if (!queue.offer(copy)) {
      counter.dropped(copy.liveVersion());
    }
  }

  @Override
  public void run() {
    while (running) {
      try {
        Copy copy = queue.take(LOOK_MILLIS);
        if (copy != null) {
          answer(copy);
        }
      } catch (InterruptedException e) {
        running = false;
        Thread.currentThread().interrupt();
      }
    }
  }

  private void answer(Copy copy) throws InterruptedException {
    try (RoutedModel routed = router.shadow(tenant, shadow.model(), shadow.version())) {
      if (routed == null) {
        counter.dropped(copy.liveVersion());
        return;
      }
      Optional<Batch> batch =
          ShadowInputs.of(
              copy.batch(), routed.model().signature(), routed.inputs().rules().defaults());
      if (batch.isEmpty()) {
        counter.incomparable(copy.liveVersion());
        return;
      }
      boolean here = routed.model().computesHere();
      if (here) {
        computing.acquire();
      }
      try {
        compare(copy, routed, batch.get());
      } finally {
        if (here) {
          computing.release();
        }
      }
    } catch (ScoringFailed | EngineFailure e) {
      counter.failed(copy.liveVersion());
    } catch (RuntimeException e) {
      log.warn("the shadow {} broke on a copy", shadow.id(), e);
      counter.failed(copy.liveVersion());
    }
  }

  private void compare(Copy copy, RoutedModel routed, Batch batch) {
    long started = System.nanoTime();
    Scores scores = routed.model().score(batch);
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    Optional<Comparison> comparison = Comparison.of(copy.scores(), scores);
    if (comparison.isPresent()) {
      counter.compared(copy, comparison.get(), took);
    } else {
      counter.incomparable(copy.liveVersion());
    }
  }
}
