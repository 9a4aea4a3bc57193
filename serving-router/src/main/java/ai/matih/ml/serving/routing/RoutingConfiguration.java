package ai.matih.ml.serving.routing;

import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.bundlecheck.Check;
import ai.matih.ml.serving.bundlecheck.CheckRunner;
import ai.matih.ml.serving.deployment.Deployments;
import ai.matih.ml.serving.deployment.ReconcileDeployments;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.BundleRefused;
import ai.matih.ml.serving.engine.Bundles;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.routing.store.PlanOnDisk;
import ai.matih.ml.serving.store.ChangeSignal;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RoutingConfiguration {

  @Bean
  PinnedCallers pinnedCallers() {
    return new PinnedCallers();
  }

  @Bean
  Router router(PinnedCallers pinnedCallers, Clock clock) {
    return new Router(pinnedCallers, clock);
  }

  /** One load at a time: a model takes memory and cores that predictions want. */
  @Bean(destroyMethod = "shutdownNow")
  ExecutorService modelLoading() {
    return Executors.newSingleThreadExecutor(
        Thread.ofPlatform().name("model-loading").daemon().factory());
  }

  @Bean
  ServingLoop servingLoop(
      RoutingSettings settings,
      Router router,
      PinnedCallers pinnedCallers,
      Bundles bundles,
      ScoringEngine engine,
      CheckRunner checks,
      ExecutorService modelLoading,
      Deployments deployments,
      TrafficDocuments traffic,
      Transactions transactions,
      RouterStatus status,
      ReconcileDeployments reconcile,
      ChangeSignal changes,
      MeterRegistry meters,
      Clock clock) {
    AtomicReference<Runnable> wakeUp = new AtomicReference<>(() -> {});
    FollowPlan follow =
        new FollowPlan(
            router,
            new ModelLoader(bundles, engine, inThrowAwayProcess(checks)),
            modelLoading,
            () -> Objects.requireNonNull(wakeUp.get()).run(),
            clock);
    ServingLoop loop =
        new ServingLoop(
            RouterName.in(settings.dataDir()),
            deployments,
            traffic,
            transactions,
            follow,
            new PlanOnDisk(settings.dataDir().resolve("plan.json")),
            status,
            pinnedCallers,
            reconcile,
            settings.beat(),
            clock);
    wakeUp.set(loop::wakeUp);
    changes.listen(loop::wakeUp);
    Gauge.builder("serving.plan.stale", loop, l -> l.staleSince().isPresent() ? 1 : 0)
        .description("1 while the router serves its last known plan because the database is away")
        .register(meters);
    return loop;
  }

  private static Consumer<Bundle> inThrowAwayProcess(CheckRunner checks) {
    return bundle -> {
      for (Check check : checks.run(bundle, Optional.empty())) {
        boolean decisive =
            switch (check.name()) {
              case DIGEST, SIGNATURE, LOADS, GOLDEN_ROWS, DETERMINISM -> true;
              case MISSING_VALUES, BOUNDARY_VALUES, LATENCY -> false;
            };
        if (decisive && !check.passed()) {
          throw new BundleRefused(BundleRefused.Part.MODEL, check.detail());
        }
      }
    };
  }

  /** Starts before the web server and ends after it, when its last answer is out. */
  @Bean
  SmartLifecycle servingLife(ServingLoop loop) {
    return new SmartLifecycle() {
      private volatile boolean running;

      @Override
      public void start() {
        running = true;
        loop.start();
      }

      @Override
      public void stop() {
        loop.stop();
        running = false;
      }

      @Override
      public boolean isRunning() {
        return running;
      }

      @Override
      public int getPhase() {
        return 0;
      }
    };
  }

  @Bean
  HealthIndicator serving(ServingLoop loop) {
    return () -> {
      Health.Builder health = loop.isCaughtUp() ? Health.up() : Health.outOfService();
      health.withDetail("router", loop.id()).withDetail("stale", loop.staleSince().isPresent());
      loop.staleSince().ifPresent(since -> health.withDetail("stale_since", since.toString()));
      return health.build();
    };
  }
}
