package ai.matih.ml.api;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the public door. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class MlApi {

  public static void main(String[] args) {
    SpringApplication.run(MlApi.class, args);
  }
}
