package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.abtest.Units.Exposed;
import ai.matih.ml.serving.observation.BoundedQueue;
import ai.matih.ml.serving.traffic.Assignment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries exposures from the queue to the database in batches. A batch that cannot be stored is
 * kept and tried again, while the queue fills behind it.
 */
public final class StoreExposures {

  private static final Logger log = LoggerFactory.getLogger(StoreExposures.class);
  private static final int BATCH = 5_000;

  private final BoundedQueue<Exposure> queue;
  private final Units units;
  private List<Exposed> batch = List.of();
  private boolean away;

  public StoreExposures(BoundedQueue<Exposure> queue, Units units) {
    this.queue = queue;
    this.units = units;
  }

  /** One batch; how many were stored, when there may be more. */
  public synchronized int pass() {
    if (batch.isEmpty()) {
      batch = queue.take(BATCH).stream().map(StoreExposures::hashed).toList();
    }
    if (batch.isEmpty()) {
      return 0;
    }
    try {
      units.expose(batch);
    } catch (RuntimeException e) {
      if (!away) {
        log.warn("exposures cannot be stored now, they wait: {}", e.toString());
      }
      away = true;
      return 0;
    }
    away = false;
    int stored = batch.size();
    batch = List.of();
    return stored == BATCH ? stored : 0;
  }

  /** Everything that is left, as far as the database takes it. */
  synchronized void rest() {
    do {
      pass();
    } while (batch.isEmpty() && queue.waiting() > 0);
  }

  private static Exposed hashed(Exposure exposure) {
    return new Exposed(
        exposure.tenant().slug(),
        exposure.arm().testId(),
        exposure.unit(),
        exposure.arm().challenger(),
        Optional.ofNullable(exposure.requestId())
            .map(request -> Assignment.hash(exposure.arm().salt(), request)),
        Instant.ofEpochMilli(exposure.atMillis()));
  }
}
