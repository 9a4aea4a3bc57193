package ai.matih.ml.common.http;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Stands before calls to one engine: refuses them while it is known to be away, and when too many
 * are in flight.
 */
public final class EngineGuard {

  private final String engine;
  private final CircuitBreaker breaker;
  private final Bulkhead bulkhead;

  EngineGuard(String engine, CircuitBreaker breaker, Bulkhead bulkhead) {
    this.engine = engine;
    this.breaker = breaker;
    this.bulkhead = bulkhead;
  }

  /**
   * Makes the call. A failure counts against the engine unless it was refused.
   *
   * @throws EngineFailure.Unavailable when the call is not let through
   */
  public <T> T call(Supplier<T> call) {
    enter(engine, breaker, bulkhead);
    long started = System.nanoTime();
    try {
      T answer = call.get();
      breaker.onSuccess(System.nanoTime() - started, TimeUnit.NANOSECONDS);
      return answer;
    } catch (EngineFailure.Refused e) {
      breaker.onSuccess(System.nanoTime() - started, TimeUnit.NANOSECONDS);
      throw e;
    } catch (RuntimeException e) {
      breaker.onError(System.nanoTime() - started, TimeUnit.NANOSECONDS, e);
      throw e;
    } finally {
      bulkhead.onComplete();
    }
  }

  static void enter(String engine, CircuitBreaker breaker, Bulkhead bulkhead) {
    try {
      breaker.acquirePermission();
    } catch (CallNotPermittedException e) {
      throw new EngineFailure.Unavailable(
          engine,
          "calls are held back after repeated failures",
          Optional.of(Duration.ofSeconds(2)));
    }
    try {
      bulkhead.acquirePermission();
    } catch (BulkheadFullException e) {
      breaker.releasePermission();
      throw new EngineFailure.Unavailable(
          engine, "too many calls in flight", Optional.of(Duration.ofSeconds(1)));
    }
  }
}
