package ai.matih.ml.serving.store;

import ai.matih.ml.serving.Transactions;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's transactions behind the router's own word for them. */
@Component
class SpringTransactions implements Transactions {

  private final TransactionTemplate template;

  SpringTransactions(PlatformTransactionManager manager) {
    this.template = new TransactionTemplate(manager);
  }

  @Override
  public <T> T inOne(Supplier<T> work) {
    return Objects.requireNonNull(template.execute(_ -> work.get()));
  }
}
