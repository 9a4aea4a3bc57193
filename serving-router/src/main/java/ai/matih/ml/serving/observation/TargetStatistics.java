package ai.matih.ml.serving.observation;

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

  private final Map<String, Counters> byDeployment = new ConcurrentHashMap<>();
  private final Clock clock;

  public TargetStatistics(Clock clock) {
    this.clock = clock;
  }

  private static final class Counters {
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicLongArray latency = new AtomicLongArray(LatencyHistogram.RANGES);
    private final Instant since;

    Counters(Instant since) {
      this.since = since;
    }

    TargetCounts counts() {
      long[] ranges = new long[latency.length()];
      for (int i = 0; i < ranges.length; i++) {
        ranges[i] = latency.get(i);
      }
      return new TargetCounts(answered.sum(), failed.sum(), new LatencyHistogram(ranges), since);
    }
  }

  @Override
  public String name() {
    return "targets";
  }

  @Override
  public void answered(AnsweredPrediction prediction) {
    Counters counters = counters(prediction.target().deploymentId());
    counters.answered.increment();
    counters.latency.incrementAndGet(LatencyHistogram.range(prediction.latency()));
  }

  @Override
  public void failed(FailedPrediction prediction) {
    if (prediction.target() != null && prediction.isOurs()) {
      counters(prediction.target().deploymentId()).failed.increment();
    }
  }

  private Counters counters(String deploymentId) {
    Counters known = byDeployment.get(deploymentId);
    return known != null
        ? known
        : byDeployment.computeIfAbsent(deploymentId, _ -> new Counters(clock.instant()));
  }

  /** What was counted on a deployment; empty when nobody asked it anything yet. */
  public Optional<TargetCounts> of(String deploymentId) {
    return Optional.ofNullable(byDeployment.get(deploymentId)).map(Counters::counts);
  }

  @Override
  public void keepOnly(Collection<String> deploymentIds) {
    byDeployment.keySet().retainAll(deploymentIds);
  }
}
