package ai.matih.ml.serving.sketch;

import ai.matih.ml.common.reconcile.Loop;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import(SketchObserver.class)
class SketchConfiguration {

  private static final Duration TIDYING = Duration.ofMinutes(1);
  private static final int TIDIED_AT_ONCE = 500;

  @Bean
  StoreSketches storeSketches(
      SketchObserver observer, Sketches sketches, SketchSettings settings, Clock clock) {
    return new StoreSketches(
        observer, sketches, settings.slot(), clock, UUID.randomUUID().toString());
  }

  @Bean
  Loop sketchTidying(Sketches sketches, SketchSettings settings, Clock clock) {
    return new Loop(
        "sketch-tidying",
        TIDYING,
        () -> {
          Instant now = clock.instant();
          int done =
              sketches.tidy(
                  now.minus(settings.settled()), now.minus(settings.keep()), TIDIED_AT_ONCE);
          return done < TIDIED_AT_ONCE ? 0 : done;
        });
  }

  @Bean
  MeterBinder sketchMeters(StoreSketches store) {
    return meters ->
        FunctionCounter.builder("serving.sketches.lost", store, StoreSketches::lost)
            .description("Predictions whose counts could not be stored for an hour")
            .register(meters);
  }

  /** Ends after the web server, with a last telling, so that an orderly end loses nothing. */
  @Bean
  SmartLifecycle sketchLife(StoreSketches store, SketchSettings settings) {
    Loop loop = new Loop("sketches", settings.flush(), store::pass);
    return new SmartLifecycle() {
      @Override
      public void start() {
        loop.start();
      }

      @Override
      public void stop() {
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
}
