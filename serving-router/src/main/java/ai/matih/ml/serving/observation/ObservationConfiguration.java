package ai.matih.ml.serving.observation;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({PredictionObservers.class, TargetStatistics.class})
class ObservationConfiguration {

  @Bean
  MeterBinder observerMeters(PredictionObservers observers) {
    return meters -> {
      for (String name : observers.dropped().keySet()) {
        FunctionCounter.builder(
                "serving.observations.dropped", observers, o -> o.dropped().getOrDefault(name, 0L))
            .description("Observations of predictions that were dropped, by observer")
            .tag("observer", name)
            .register(meters);
      }
    };
  }
}
