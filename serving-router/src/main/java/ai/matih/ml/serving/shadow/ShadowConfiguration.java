package ai.matih.ml.serving.shadow;

import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.serving.store.ChangeSignal;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({StartShadow.class, EndShadow.class, RunningShadows.class, StoreShadowCounts.class})
class ShadowConfiguration {

  @Bean
  Loop shadowLoop(
      RunningShadows running,
      Shadows shadows,
      ChangeSignal changes,
      ShadowSettings settings,
      Clock clock) {
    Loop loop =
        new Loop(
            "shadows",
            settings.refresh(),
            () -> {
              shadows.endWithDeployments(clock.instant());
              running.refresh();
              return 0;
            });
    changes.listen(loop::wake);
    return loop;
  }

  /** Ends after the web server, with the last counts. */
  @Bean
  SmartLifecycle shadowCountsLife(
      RunningShadows running, StoreShadowCounts store, ShadowSettings settings) {
    Loop loop = new Loop("shadow-counts", settings.flush(), store::pass);
    return new SmartLifecycle() {
      @Override
      public void start() {
        loop.start();
      }

      @Override
      public void stop() {
        running.stop();
        loop.stop();
        store.pass();
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

  @Bean
  MeterBinder shadowMeters(RunningShadows running) {
    return meters ->
        Gauge.builder("serving.shadow.copies.waiting", running, RunningShadows::waiting)
            .description("Copies that wait for their shadow on this router")
            .register(meters);
  }
}
