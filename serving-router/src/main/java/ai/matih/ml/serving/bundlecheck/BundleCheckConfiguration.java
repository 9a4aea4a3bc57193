package ai.matih.ml.serving.bundlecheck;

import ai.matih.ml.serving.bundlecheck.process.ProcessCheckRunner;
import ai.matih.ml.serving.engine.EngineSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({CheckBundle.class, RequireLoadable.class})
class BundleCheckConfiguration {

  @Bean
  CheckRunner checkRunner(BundleCheckSettings settings, EngineSettings engine) {
    return new ProcessCheckRunner(
        engine.bundles(),
        new CheckLimits(settings.latencyBudget(), settings.minGoldenRows()),
        settings.limit());
  }
}
