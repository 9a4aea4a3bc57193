package ai.matih.ml.serving.shadow;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.observation.AnsweredPrediction;
import ai.matih.ml.serving.observation.PredictionObserver;
import ai.matih.ml.serving.routing.Router;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The shadows of this router. Sees every answer and hands copies to those that sample its unit;
 * pinned calls are not copied, they ask for one version and tell nothing of the traffic.
 */
public final class RunningShadows implements PredictionObserver {

  /** How long the end of the router waits for copies that are being answered. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private record Key(Tenant tenant, ModelId model) {}

  private final Shadows shadows;
  private final Router router;
  private final ShadowSettings settings;
  private final Turns turns;
  private final Room room;
  private final Map<String, ShadowWorker> workers = new ConcurrentHashMap<>();
  private volatile Map<Key, List<ShadowWorker>> byModel = Map.of();

  /** Stopped, but their threads may still count the copy that they are asked with. */
  private final List<ShadowWorker> ending = new ArrayList<>();

  /** Those of ended ones too, until they are stored. */
  private final Map<String, ShadowCounter> counters = new ConcurrentHashMap<>();

  private long droppedByEnded;

  public RunningShadows(Shadows shadows, Router router, ShadowSettings settings) {
    this.shadows = shadows;
    this.router = router;
    this.settings = settings;
    this.turns = new Turns(settings.computing());
    this.room = new Room(settings.totalValues());
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
            Copy.of(
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
          if (!workers.containsKey(id)) {
            start(owned);
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
                ending.add(worker);
              }
              return over;
            });
  }

  /** All threads end; what waits is forgotten, what is being answered may be counted yet. */
  synchronized void stop() {
    byModel = Map.of();
    workers.values().forEach(ShadowWorker::stop);
    ending.addAll(workers.values());
    workers.clear();
    long end = System.nanoTime() + GRACE.toNanos();
    try {
      for (ShadowWorker worker : ending) {
        worker.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What was counted since it was stored last. */
  synchronized List<ShadowCounter> counters() {
    return List.copyOf(counters.values());
  }

  /** Forgets what was counted of shadows that have ended, once all of it is stored. */
  synchronized void forgetEnded() {
    ending.removeIf(ShadowWorker::hasEnded);
    Set<String> counting =
        Stream.concat(workers.values().stream(), ending.stream())
            .map(worker -> worker.shadow().id())
            .collect(Collectors.toSet());
    counters
        .entrySet()
        .removeIf(
            entry -> {
              boolean over = !counting.contains(entry.getKey()) && entry.getValue().isUnchanged();
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
            turns,
            new CopyQueue(settings.buffer(), settings.bufferValues(), room),
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
