package ai.matih.ml.serving.bundlecheck;

import ai.matih.ml.serving.bundlecheck.process.ProcessCheckRunner;
import ai.matih.ml.serving.engine.Bundles;
import ai.matih.ml.serving.engine.EngineSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class BundleCheckConfiguration {

  @Bean
  CheckRunner checkRunner(BundleCheckSettings settings, EngineSettings engine) {
    return new ProcessCheckRunner(
        engine.bundles(),
        new CheckTerms(settings.latencyBudget(), settings.minGoldenRows()),
        settings.limit());
  }

  @Bean
  CheckBundle checkBundle(Bundles bundles, CheckRunner runner, BundleCheckSettings settings) {
    return new CheckBundle(bundles, runner, settings.atOnce());
  }
}
