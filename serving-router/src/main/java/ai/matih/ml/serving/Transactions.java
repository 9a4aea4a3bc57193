package ai.matih.ml.serving;

import java.util.function.Supplier;

/**
 * One atomic piece of storing: all of it is kept or none. Joins a transaction that is open already.
 */
public interface Transactions {

  <T> T inOne(Supplier<T> work);
}
