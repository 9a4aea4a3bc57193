package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.routing.store.PlanOnDisk;
import ai.matih.ml.serving.store.ChangeSignal;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({
  PinnedCallers.class,
  Router.class,
  ModelLoader.class,
  FollowPlan.class,
  KnownPlan.class,
  ReportStatus.class,
  ServingLoop.class
})
class RoutingConfiguration {

  @Bean
  RouterName routerName(RoutingSettings settings) {
    return RouterName.in(settings.dataDir());
  }

  @Bean
  PlanFile planFile(RoutingSettings settings) {
    return new PlanOnDisk(settings.dataDir().resolve("plan.json"));
  }

  @Bean
  WakeUp wakeUp(ChangeSignal changes) {
    WakeUp wakeUp = new WakeUp();
    changes.listen(wakeUp::wake);
    return wakeUp;
  }

  /** One load at a time: a model takes memory and cores that predictions want. */
  @Bean(destroyMethod = "shutdownNow")
  ExecutorService modelLoading() {
    return Executors.newSingleThreadExecutor(
        Thread.ofPlatform().name("model-loading").daemon().factory());
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
  MeterBinder planStaleness(KnownPlan plans) {
    return meters ->
        Gauge.builder("serving.plan.stale", plans, p -> p.staleSince().isPresent() ? 1 : 0)
            .description(
                "1 while the router serves its last known plan because the database is away")
            .register(meters);
  }

  @Bean
  HealthIndicator serving(RouterName name, ServingLoop loop, KnownPlan plans) {
    return () -> {
      Health.Builder health = loop.isCaughtUp() ? Health.up() : Health.outOfService();
      health.withDetail("router", name.value()).withDetail("stale", plans.staleSince().isPresent());
      plans.staleSince().ifPresent(since -> health.withDetail("stale_since", since.toString()));
      return health.build();
    };
  }
}
