package ai.matih.ml.serving.observation;

import ai.matih.ml.serving.observation.TargetCounts.Assigned;
import ai.matih.ml.serving.traffic.ChosenTarget;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts answers, failures and latencies of each deployment, for the router's status report. */
public final class TargetStatistics implements PredictionObserver {

  private final Map<String, Both> byDeployment = new ConcurrentHashMap<>();
  private final Clock clock;

  public TargetStatistics(Clock clock) {
    this.clock = clock;
  }

  /** Of the calls that one way led here. */
  private static final class Counters {
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicLongArray latency = new AtomicLongArray(LatencyHistogram.RANGES);

    LatencyHistogram histogram() {
      long[] ranges = new long[latency.length()];
      for (int i = 0; i < ranges.length; i++) {
        ranges[i] = latency.get(i);
      }
      return new LatencyHistogram(ranges);
    }
  }

  /** Both ways to one deployment. */
  private record Both(Counters assigned, Counters pinned, Instant since) {

    Counters of(ChosenTarget target) {
      return target.pinned() ? pinned : assigned;
    }

    TargetCounts counts() {
      Assigned byTraffic =
          new Assigned(assigned.answered.sum(), assigned.failed.sum(), assigned.histogram());
      return new TargetCounts(
          byTraffic.answered() + pinned.answered.sum(),
          byTraffic.failed() + pinned.failed.sum(),
          byTraffic.latency().plus(pinned.histogram()),
          since,
          byTraffic);
    }
  }

  @Override
  public String name() {
    return "targets";
  }

  @Override
  public void answered(AnsweredPrediction prediction) {
    Counters counters = counters(prediction.target());
    counters.answered.increment();
    counters.latency.incrementAndGet(LatencyHistogram.range(prediction.latency()));
  }

  @Override
  public void failed(FailedPrediction prediction) {
    if (prediction.target() != null && prediction.isOurs()) {
      counters(prediction.target()).failed.increment();
    }
  }

  private Counters counters(ChosenTarget target) {
    Both known = byDeployment.get(target.deploymentId());
    Both both =
        known != null
            ? known
            : byDeployment.computeIfAbsent(
                target.deploymentId(),
                _ -> new Both(new Counters(), new Counters(), clock.instant()));
    return both.of(target);
  }

  /** What was counted on a deployment; empty when nobody asked it anything yet. */
  public Optional<TargetCounts> of(String deploymentId) {
    return Optional.ofNullable(byDeployment.get(deploymentId)).map(Both::counts);
  }

  @Override
  public void keepOnly(Collection<String> deploymentIds) {
    byDeployment.keySet().retainAll(deploymentIds);
  }
}
