package ai.matih.ml.local.supervision;

import java.time.Duration;

/**
 * How long to wait before a program that ended is started again. The wait doubles with every
 * failure in a row, up to a limit, so nothing ever restarts in a hot loop; a program that served
 * long enough starts with a clean slate.
 *
 * @param calm a program that was ready for this long has not "failed in a row"
 */
public record RestartPolicy(Duration first, Duration limit, Duration calm) {

  public static RestartPolicy standard() {
    return new RestartPolicy(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofMinutes(1));
  }

  /** Failures in a row, the one that has just happened included. */
  public int failuresAfter(int earlierFailures, Duration servedFor) {
    return servedFor.compareTo(calm) >= 0 ? 1 : earlierFailures + 1;
  }

  public Duration delay(int failuresInARow) {
    if (failuresInARow < 1) {
      throw new IllegalArgumentException("No failure, no delay");
    }
    var doublings = Math.min(failuresInARow - 1, 30);
    var delay = first.multipliedBy(1L << doublings);
    return delay.compareTo(limit) > 0 ? limit : delay;
  }
}
