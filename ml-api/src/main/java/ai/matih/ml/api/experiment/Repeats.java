package ai.matih.ml.api.experiment;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often, and with what pauses, a repeatable call is made again that lost a race inside MLflow.
 *
 * <p>MLflow's store looks and then inserts; of two writers of the same row its database lets one
 * through, and the other finds the row at its next try. The pauses grow and are random, so that a
 * dozen writers do not meet again.
 */
public final class Repeats {

  private static final int MAX_CALLS = 8;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(40);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final RandomGenerator random;
  private int calls = 1;

  /** For one call and its repeats. */
  public Repeats() {
    this(RandomGenerator.getDefault());
  }

  Repeats(RandomGenerator random) {
    this.random = random;
  }

  /** Pauses before the next call; false when there has been the last. */
  public boolean pause() {
    if (calls == MAX_CALLS) {
      return false;
    }
    try {
      Thread.sleep(next());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return true;
  }

  /** Between half of a doubling step and the whole of it. */
  Duration next() {
    long step =
        Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(calls - 1, 10));
    calls++;
    return Duration.ofMillis(step / 2 + random.nextLong(step / 2 + 1));
  }
}
