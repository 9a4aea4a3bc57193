package ai.matih.ml.serving;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The serving router. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ServingRouterApplication {

  public static void main(String[] args) {
    SpringApplication.run(ServingRouterApplication.class, args);
  }
}
