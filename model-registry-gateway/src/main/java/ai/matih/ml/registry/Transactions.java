package ai.matih.ml.registry;

import java.util.function.Supplier;

/** Does some work in one transaction, or in the caller's when one is open. */
@FunctionalInterface
public interface Transactions {

  <T> T call(Supplier<T> work);

  default void run(Runnable work) {
    call(
        () -> {
          work.run();
          return Boolean.TRUE;
        });
  }
}
