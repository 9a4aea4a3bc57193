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
  private final Turns turns;
  private final Turns.Had had = new Turns.Had();
  private final CopyQueue queue;
  private final ShadowCounter counter;
  private final Shadow shadow;
  private volatile boolean running = true;
  private volatile @Nullable Thread thread;

  /**
   * @param turns of those that compute in this process
   */
  ShadowWorker(
      OwnedShadow owned, Router router, Turns turns, CopyQueue queue, ShadowCounter counter) {
    this.tenant = owned.tenant();
    this.shadow = owned.shadow();
    this.router = router;
    this.turns = turns;
    this.queue = queue;
    this.counter = counter;
  }

  void start() {
    thread = Thread.ofPlatform().name("shadow-" + shadow.id()).daemon().start(this);
  }

  /** What waits is forgotten. The copy that it is asked with may still be counted. */
  void stop() {
    running = false;
    queue.close();
    Thread started = thread;
    if (started != null) {
      started.interrupt();
    }
  }

  /** Waits for the end of its thread, so long at most. */
  void awaitEnd(Duration patience) throws InterruptedException {
    Thread started = thread;
    if (started != null) {
      started.join(patience);
    }
  }

  /** Whether nothing more will be counted of it. */
  boolean hasEnded() {
    Thread started = thread;
    return started == null || !started.isAlive();
  }

  Shadow shadow() {
    return shadow;
  }

  int waiting() {
    return queue.size();
  }

  /** On the caller's thread: never waits. One that was stopped gets no copies. */
  void offer(Copy copy) {
    if (running && !queue.offer(copy)) {
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
        // It was stopped, or an engine left the mark; it goes on unless it was stopped.
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
      if (routed.model().computesHere()) {
        compareHere(copy, routed, batch.get());
      } else {
        compare(copy, routed, batch.get());
      }
    } catch (ScoringFailed | EngineFailure e) {
      failed(copy);
    } catch (RuntimeException | Error e) {
      // An error, too: without its thread the shadow would get copies and answer none.
      failed(copy);
      log.warn("the shadow {} broke on a copy", shadow.id(), e);
    }
  }

  /** That a copy was broken off because the shadow ended says nothing of the shadow. */
  private void failed(Copy copy) {
    if (running) {
      counter.failed(copy.liveVersion());
    }
  }

  private void compareHere(Copy copy, RoutedModel routed, Batch batch) throws InterruptedException {
    turns.take(had);
    long started = System.nanoTime();
    try {
      compare(copy, routed, batch);
    } finally {
      turns.giveBack(had, System.nanoTime() - started);
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
