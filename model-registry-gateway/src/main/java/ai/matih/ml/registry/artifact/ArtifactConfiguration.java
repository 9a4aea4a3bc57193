package ai.matih.ml.registry.artifact;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class ArtifactConfiguration {

  @Bean
  FetchBundle fetchBundle(RunArtifacts runs, BundleStore store, ArtifactSettings settings) {
    return new FetchBundle(runs, store, settings);
  }
}
