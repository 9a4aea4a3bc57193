package ai.matih.ml.serving.drift;

import ai.matih.ml.serving.sketch.Sketches;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DriftConfiguration {

  @Bean
  JudgeDrift judgeDrift(Sketches sketches, DriftSettings settings, Clock clock) {
    return new JudgeDrift(
        sketches, new DriftRules(settings.falseAlarmRate(), settings.minRows()), clock);
  }
}
