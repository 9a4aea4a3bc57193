package ai.matih.ml.serving.shadow;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.observation.AnsweredPrediction;
import ai.matih.ml.serving.observation.PredictionObserver;
import ai.matih.ml.serving.routing.Router;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The shadows of this router. Sees every answer and hands copies to those that sample its unit;
 * pinned calls are not copied, they ask for one version and tell nothing of the traffic.
 */
public final class RunningShadows implements PredictionObserver {

  private record Key(Tenant tenant, ModelId model) {}

  private final Shadows shadows;
  private final Router router;
  private final ShadowSettings settings;
  private final Semaphore computing;
  private final Map<String, ShadowWorker> workers = new ConcurrentHashMap<>();
  private volatile Map<Key, List<ShadowWorker>> byModel = Map.of();

  /** Those of ended ones too, until they are stored. */
  private final Map<String, ShadowCounter> counters = new ConcurrentHashMap<>();

  private long droppedByEnded;

  public RunningShadows(Shadows shadows, Router router, ShadowSettings settings) {
    this.shadows = shadows;
    this.router = router;
    this.settings = settings;
    this.computing = new Semaphore(settings.computing());
  }

  @Override
  public String name() {
    return "shadows";
  }

  @Override
  public void answered(AnsweredPrediction prediction) {
    Map<Key, List<ShadowWorker>> now = byModel;
    if (now.isEmpty() || prediction.target().pinned()) {
      return;
    }
    List<ShadowWorker> beside = now.get(new Key(prediction.tenant(), prediction.model()));
    if (beside == null) {
      return;
    }
    for (ShadowWorker worker : beside) {
      Shadow shadow = worker.shadow();
      if (shadow.version() != prediction.target().version()
          && shadow.samples(prediction.target().unit())) {
        worker.offer(
            new Copy(
                prediction.target().version(),
                prediction.batch(),
                prediction.scores(),
                prediction.scored()));
      }
    }
  }

  @Override
  public synchronized long dropped() {
    return droppedByEnded + counters.values().stream().mapToLong(ShadowCounter::dropped).sum();
  }

  /** Whether this router hands copies to a shadow. */
  boolean isRunning(String id) {
    return workers.containsKey(id);
  }

  public int waiting() {
    return workers.values().stream().mapToInt(ShadowWorker::waiting).sum();
  }

  /** Follows what is stored; while the database is away, what runs goes on. */
  synchronized void refresh() {
    Map<String, OwnedShadow> wanted = new HashMap<>();
    shadows.running().forEach(owned -> wanted.put(owned.shadow().id(), owned));
    wanted.forEach(
        (id, owned) -> {
          ShadowWorker known = workers.get(id);
          if (known == null) {
            start(owned);
          } else {
            known.follow(owned.shadow());
          }
        });
    deal(wanted);
    workers
        .values()
        .removeIf(
            worker -> {
              boolean over = !wanted.containsKey(worker.shadow().id());
              if (over) {
                worker.stop();
              }
              return over;
            });
  }

  /** All threads end; what waits is forgotten. */
  synchronized void stop() {
    byModel = Map.of();
    workers.values().forEach(ShadowWorker::stop);
    workers.clear();
  }

  /** What was counted since it was stored last. */
  synchronized List<ShadowCounter> counters() {
    return List.copyOf(counters.values());
  }

  /** Forgets what was counted of shadows that have ended, which is stored. */
  synchronized void forgetEnded() {
    counters
        .entrySet()
        .removeIf(
            entry -> {
              boolean over = !workers.containsKey(entry.getKey());
              if (over) {
                droppedByEnded += entry.getValue().dropped();
              }
              return over;
            });
  }

  private void start(OwnedShadow owned) {
    ShadowWorker worker =
        new ShadowWorker(
            owned,
            router,
            computing,
            new CopyQueue(settings.buffer(), settings.bufferValues()),
            counters.computeIfAbsent(
                owned.shadow().id(), id -> new ShadowCounter(owned.tenant(), id)));
    workers.put(owned.shadow().id(), worker);
    worker.start();
  }

  private void deal(Map<String, OwnedShadow> wanted) {
    Map<Key, List<ShadowWorker>> next = new HashMap<>();
    wanted.forEach(
        (id, owned) ->
            next.computeIfAbsent(
                    new Key(owned.tenant(), owned.shadow().model()), _ -> new ArrayList<>())
                .add(workers.get(id)));
    byModel = Map.copyOf(next);
  }
}
