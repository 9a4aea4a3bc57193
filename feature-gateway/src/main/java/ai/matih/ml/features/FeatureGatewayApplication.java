package ai.matih.ml.features;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the feature gateway. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class FeatureGatewayApplication {

  public static void main(String[] args) {
    SpringApplication.run(FeatureGatewayApplication.class, args);
  }
}
