package ai.matih.ml.training.packages;

import ai.matih.ml.common.storage.ObjectStore;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the use cases of packages. */
@Configuration
class PackageConfiguration {

  @Bean
  UploadPackage uploadPackage(
      ObjectStore store, UserPackages packages, PackageSettings settings, Clock clock) {
    return new UploadPackage(store, packages, settings, clock);
  }
}
