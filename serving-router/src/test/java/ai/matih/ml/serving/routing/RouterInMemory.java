package ai.matih.ml.serving.routing;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.bundlecheck.RequireLoadable;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.Engines;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.fixture.TestBundles;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.observation.PredictionObserver;
import ai.matih.ml.serving.observation.PredictionObservers;
import ai.matih.ml.serving.observation.TargetStatistics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One router on stores in memory, which passes when it is told to and loads within the pass. */
public final class RouterInMemory {

  public static final String NAME = "router-1";

  /** The one plan file of a router, kept in memory. */
  static final class KeptPlan implements PlanFile {
    private @Nullable Plan plan;

    @Override
    public Optional<Plan> read() {
      return Optional.ofNullable(plan);
    }

    @Override
    public void write(Plan next) {
      plan = next;
    }
  }

  public final Router router;
  public final PredictionObservers observers;
  final ServingLoop loop;
  final KnownPlan plans;

  public RouterInMemory(
      InMemoryServing serving, ScoringEngine engine, List<PredictionObserver> others) {
    this(serving, engine, others, new KeptPlan());
  }

  RouterInMemory(
      InMemoryServing serving,
      ScoringEngine engine,
      List<PredictionObserver> others,
      PlanFile file) {
    PinnedCallers pins = new PinnedCallers();
    TargetStatistics statistics = new TargetStatistics(serving.clock);
    List<PredictionObserver> all = new ArrayList<>(others);
    all.add(statistics);
    observers = new PredictionObservers(all);
    router = new Router(pins, serving.clock);
    WakeUp wakeUp = new WakeUp();
    FollowPlan follow =
        new FollowPlan(
            router,
            new ModelLoader(
                artifact -> bundle(artifact.digest().value()),
                new Engines(List.of(engine)),
                new RequireLoadable((_, _) -> List.of()),
                List.of()),
            new AtOnce(),
            wakeUp,
            serving.clock);
    plans =
        new KnownPlan(
            serving.deployments, serving.traffic, serving.transactions, file, serving.clock);
    loop =
        new ServingLoop(
            plans,
            follow,
            new ReportStatus(
                serving.routers, new RouterName(NAME), follow, pins, statistics, observers),
            serving.reconcile,
            wakeUp,
            new RoutingSettings(Path.of("unused"), Duration.ofSeconds(1)));
  }

  private static Bundle bundle(String digest) {
    for (String name : List.of("numeric-v1", "numeric-v2", "mixed")) {
      if (TestBundles.artifact("acme", name).digest().value().equals(digest)) {
        return LocalBundles.readVerified(
            TestBundles.folder(name), TestBundles.artifact("acme", name).digest());
      }
    }
    throw new EngineFailure.Unavailable("s3", new IOException("the store is away"));
  }

  /** So many passes of the serving loop. */
  public void pass(int times) {
    for (int i = 0; i < times; i++) {
      loop.pass();
    }
  }

  public void stop() {
    loop.stop();
  }

  /** Runs what it is given on the caller's thread. */
  private static final class AtOnce extends AbstractExecutorService {

    @Override
    public void execute(Runnable command) {
      command.run();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
