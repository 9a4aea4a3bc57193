package ai.matih.ml.common.transaction;

import java.util.function.Supplier;

/**
 * Does some work in one transaction, or in the caller's when one is open: all of it is stored or
 * none. An exception rolls back.
 */
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
