package ai.matih.ml.api;

import ai.matih.ml.api.setup.Program;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the public door, or one of the two programs for those who install the suite. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class MlApi {

  public static void main(String[] args) {
    Program.named(args)
        .ifPresentOrElse(
            program -> System.exit(program.run(System.getenv(), System.out, System.err)),
            () -> SpringApplication.run(MlApi.class, args));
  }
}
