package ai.matih.ml.acceptance.client;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for a condition that the platform reaches by itself, with a bound. */
public final class Await {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(400);

  private Await() {}

  /**
   * Looks until the condition holds.
   *
   * @throws AssertionError with the last thing seen, when the bound is passed
   */
  public static <T> T until(String what, Duration bound, Supplier<T> look, Predicate<T> condition) {
    long deadline = System.nanoTime() + bound.toNanos();
    T seen = look.get();
    while (!condition.test(seen)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "%s did not come within %s; last seen: %s".formatted(what, bound, seen));
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
      seen = look.get();
    }
    return seen;
  }
}
