package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.serving.observation.BoundedQueue;
import ai.matih.ml.serving.store.ChangeSignal;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({
  ProposeTest.class,
  TestTraffic.class,
  StartTest.class,
  AnalyseTest.class,
  EndTest.class,
  RecordOutcomes.class,
  ReconcileAbTests.class,
  ExposureObserver.class,
  StoreExposures.class
})
class AbTestConfiguration {

  private static final Duration TIDYING = Duration.ofMinutes(1);
  private static final int TIDIED_AT_ONCE = 10_000;

  @Bean
  Loop abTestLoop(ReconcileAbTests reconcile, ChangeSignal changes, AbTestSettings settings) {
    Loop loop = new Loop("ab-tests", settings.analysisInterval().dividedBy(2), reconcile::pass);
    changes.listen(loop::wake);
    return loop;
  }

  @Bean
  Loop abTestTidying(Units units, AbTestSettings settings, Clock clock) {
    return new Loop(
        "ab-test-tidying",
        TIDYING,
        () ->
            TenantScope.acrossTenants(
                () -> units.tidy(clock.instant().minus(settings.keep()), TIDIED_AT_ONCE)));
  }

  @Bean
  BoundedQueue<Exposure> exposures(AbTestSettings settings) {
    return new BoundedQueue<>(settings.buffer());
  }

  @Bean
  MeterBinder abTestMeters(BoundedQueue<Exposure> exposures, RecordOutcomes outcomes) {
    return meters -> {
      FunctionCounter.builder("serving.exposures.lost", exposures, BoundedQueue::dropped)
          .description("Exposures of A/B tests that found no place while the database was away")
          .register(meters);
      Gauge.builder("serving.exposures.waiting", exposures, BoundedQueue::waiting)
          .description("Exposures of A/B tests that are not in the database yet")
          .register(meters);
      FunctionCounter.builder("serving.outcomes.dropped", outcomes, RecordOutcomes::dropped)
          .description("Outcomes of A/B tests that waited in vain for somebody to be exposed")
          .register(meters);
    };
  }

  /** Ends after the web server, with a last batch, so that an orderly end loses nothing. */
  @Bean
  SmartLifecycle exposureLife(StoreExposures store, AbTestSettings settings) {
    Loop loop = new Loop("exposures", settings.flush(), store::pass);
    return new SmartLifecycle() {
      @Override
      public void start() {
        loop.start();
      }

      @Override
      public void stop() {
        store.rest();
        loop.stop();
      }

      @Override
      public boolean isRunning() {
        return loop.isRunning();
      }

      @Override
      public int getPhase() {
        return 0;
      }
    };
  }
}
