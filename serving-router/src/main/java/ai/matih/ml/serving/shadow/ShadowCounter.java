package ai.matih.ml.serving.shadow;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.observation.LatencyHistogram;
import ai.matih.ml.serving.shadow.Shadows.Counted;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts of one shadow on this router, since it was first seen here, by live version. */
final class ShadowCounter {

  private final Tenant tenant;
  private final String shadowId;
  private final Map<Long, ShadowCounts> counts = new HashMap<>();
  private final Map<Long, LongAdder> dropped = new ConcurrentHashMap<>();
  private boolean changed;
  private long droppedBefore;

  ShadowCounter(Tenant tenant, String shadowId) {
    this.tenant = tenant;
    this.shadowId = shadowId;
  }

  synchronized void compared(Copy copy, Comparison comparison, Duration shadow) {
    add(
        copy.liveVersion(),
        new ShadowCounts(
            1,
            comparison.rows(),
            comparison.classRows(),
            comparison.agreed(),
            comparison.shiftSum(),
            comparison.shiftMax(),
            0,
            0,
            0,
            one(copy.scored()),
            one(shadow)));
  }

  synchronized void failed(long live) {
    add(live, only(1, 0, 0));
  }

  synchronized void incomparable(long live) {
    add(live, only(0, 1, 0));
  }

  /** On a caller's own thread, from many at once. */
  void dropped(long live) {
    dropped.computeIfAbsent(live, _ -> new LongAdder()).increment();
  }

  long dropped() {
    return dropped.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** All counts, if they changed since they were taken last. */
  synchronized Optional<Counted> changed() {
    long drops = dropped();
    if (isUnchanged()) {
      return Optional.empty();
    }
    changed = false;
    droppedBefore = drops;
    Map<Long, ShadowCounts> all = new HashMap<>(counts);
    dropped.forEach((live, count) -> all.merge(live, only(0, 0, count.sum()), ShadowCounts::plus));
    return Optional.of(new Counted(tenant, shadowId, all));
  }

  /** Whether nothing was counted since they were taken last. */
  synchronized boolean isUnchanged() {
    return !changed && dropped() == droppedBefore;
  }

  /** They were not stored, so that they are taken again. */
  synchronized void notStored() {
    changed = true;
  }

  private void add(long live, ShadowCounts more) {
    counts.merge(live, more, ShadowCounts::plus);
    changed = true;
  }

  private static ShadowCounts only(long failed, long incomparable, long dropped) {
    return new ShadowCounts(
        0,
        0,
        0,
        0,
        0,
        0,
        failed,
        incomparable,
        dropped,
        LatencyHistogram.EMPTY,
        LatencyHistogram.EMPTY);
  }

  private static LatencyHistogram one(Duration latency) {
    long[] ranges = new long[LatencyHistogram.RANGES];
    ranges[LatencyHistogram.range(latency)] = 1;
    return new LatencyHistogram(ranges);
  }
}
