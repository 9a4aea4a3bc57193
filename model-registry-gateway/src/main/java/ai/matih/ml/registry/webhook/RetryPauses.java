package ai.matih.ml.registry.webhook;

import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** How long to wait after a failed attempt: twice as long each time, up to a bound, with jitter. */
final class RetryPauses {

  private final Duration first;
  private final Duration longest;
  private final DoubleSupplier random;

  /**
   * @param random 0 to 1
   */
  RetryPauses(Duration first, Duration longest, DoubleSupplier random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  /** Never shorter than what the receiver asked for, within the bound. */
  Duration after(int attempt, Optional<Duration> askedFor) {
    long bound = longest.toMillis();
    long full = Math.min(bound, first.toMillis() << Math.min(attempt - 1, 20));
    long jittered = full / 2 + (long) (full / 2.0 * random.getAsDouble());
    long asked = askedFor.map(Duration::toMillis).orElse(0L);
    return Duration.ofMillis(Math.max(jittered, Math.min(asked, bound)));
  }
}
