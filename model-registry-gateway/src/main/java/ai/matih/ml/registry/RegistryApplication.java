package ai.matih.ml.registry;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The model registry gateway. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class RegistryApplication {

  public static void main(String[] args) {
    SpringApplication.run(RegistryApplication.class, args);
  }

  @Bean
  Transactions transactions(PlatformTransactionManager manager) {
    TransactionTemplate template = new TransactionTemplate(manager);
    return new Transactions() {
      @Override
      public <T> T call(java.util.function.Supplier<T> work) {
        return java.util.Objects.requireNonNull(template.execute(_ -> work.get()));
      }
    };
  }
}
