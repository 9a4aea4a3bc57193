package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.store.ChangeSignal;
import ai.matih.ml.serving.traffic.StageRule;
import ai.matih.ml.serving.traffic.Targets;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AbTestConfiguration {

  private static final Duration TIDYING = Duration.ofMinutes(1);
  private static final int TIDIED_AT_ONCE = 10_000;

  @Bean
  StartTest startTest(
      AbTests tests,
      TrafficDocuments documents,
      Targets targets,
      StageRule rule,
      Transactions transactions,
      Clock clock) {
    return new StartTest(
        tests, documents, targets, rule, transactions, () -> UUID.randomUUID().toString(), clock);
  }

  @Bean
  EndTest endTest(
      AbTests tests,
      Units units,
      TrafficDocuments documents,
      Transactions transactions,
      Clock clock) {
    return new EndTest(tests, units, documents, transactions, clock);
  }

  @Bean
  RecordOutcomes recordOutcomes(
      AbTests tests,
      Units units,
      Transactions transactions,
      AbTestSettings settings,
      MeterRegistry meters,
      Clock clock) {
    RecordOutcomes record =
        new RecordOutcomes(tests, units, transactions, settings.waiting(), clock);
    FunctionCounter.builder("serving.outcomes.dropped", record, RecordOutcomes::dropped)
        .description("Outcomes of A/B tests that waited in vain for somebody to be exposed")
        .register(meters);
    return record;
  }

  @Bean
  ReconcileAbTests reconcileAbTests(
      AbTests tests,
      Units units,
      TrafficDocuments documents,
      StartTest start,
      EndTest end,
      Transactions transactions,
      AbTestSettings settings,
      Clock clock) {
    return new ReconcileAbTests(
        tests, units, documents, start, end, transactions, settings.look(), clock);
  }

  @Bean
  Loop abTestLoop(ReconcileAbTests reconcile, ChangeSignal changes, AbTestSettings settings) {
    Loop loop = new Loop("ab-tests", settings.look().dividedBy(2), reconcile::pass);
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
  ExposureBuffer exposureBuffer(AbTestSettings settings, MeterRegistry meters) {
    ExposureBuffer buffer = new ExposureBuffer(settings.buffer());
    FunctionCounter.builder("serving.exposures.lost", buffer, ExposureBuffer::lost)
        .description("Exposures of A/B tests that found no place while the database was away")
        .register(meters);
    Gauge.builder("serving.exposures.waiting", buffer, ExposureBuffer::waiting)
        .description("Exposures of A/B tests that are not in the database yet")
        .register(meters);
    return buffer;
  }

  @Bean
  StoreExposures storeExposures(ExposureBuffer buffer, Units units) {
    return new StoreExposures(buffer, units);
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
