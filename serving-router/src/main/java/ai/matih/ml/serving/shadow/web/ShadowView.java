package ai.matih.ml.serving.shadow.web;

import ai.matih.ml.serving.observation.LatencyHistogram;
import ai.matih.ml.serving.shadow.Shadow;
import ai.matih.ml.serving.shadow.ShadowCounts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A shadow and how its answers compare with those that callers got.
 *
 * @param digest of its files
 * @param status {@code running} or {@code ended}
 * @param sampleBps the share of the units whose requests are copied, in basis points
 * @param comparisons with each version that answered meanwhile; of all routers, a few seconds old
 */
record ShadowView(
    String id,
    String modelId,
    long version,
    String deploymentId,
    String digest,
    String status,
    int sampleBps,
    List<ShadowComparisonView> comparisons,
    String startedBy,
    String startedAt,
    @Nullable String endedAt,
    @Nullable String endedBecause) {

  /**
   * With one live version.
   *
   * @param version that answered the callers
   * @param answers copies that both answered
   * @param rows of these
   * @param agreement the share of rows with the same class; absent without classes
   * @param meanScoreShift per row, the largest difference of a class's probability, or the
   *     difference of the predicted numbers
   * @param maxScoreShift the largest one
   * @param failed copies on which the shadow failed
   * @param incomparable copies that lack an input which the shadow needs, or whose answers cannot
   *     be compared
   * @param dropped copies that nobody asked the shadow with: it was too slow, or not ready
   * @param latency how long both computed; absent without answers
   */
  record ShadowComparisonView(
      long version,
      long answers,
      long rows,
      @Nullable Double agreement,
      @Nullable Double meanScoreShift,
      @Nullable Double maxScoreShift,
      long failed,
      long incomparable,
      long dropped,
      @Nullable ShadowLatencyView latency) {}

  /** In milliseconds; a difference above 0 says that the shadow is slower. */
  record ShadowLatencyView(
      double liveP50Ms,
      double shadowP50Ms,
      double p50DifferenceMs,
      double liveP99Ms,
      double shadowP99Ms,
      double p99DifferenceMs) {}

  static ShadowView of(Shadow shadow, Map<Long, ShadowCounts> counts) {
    return new ShadowView(
        shadow.id(),
        shadow.model().value(),
        shadow.version(),
        shadow.deploymentId(),
        shadow.digest(),
        shadow.endedAt().isPresent() ? "ended" : "running",
        shadow.sample().bps(),
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> comparison(entry.getKey(), entry.getValue()))
            .toList(),
        shadow.startedBy(),
        shadow.startedAt().toString(),
        shadow.endedAt().map(Instant::toString).orElse(null),
        shadow.endedBecause().orElse(null));
  }

  private static ShadowComparisonView comparison(long version, ShadowCounts counts) {
    boolean any = counts.rows() > 0;
    return new ShadowComparisonView(
        version,
        counts.answers(),
        counts.rows(),
        counts.classRows() > 0 ? (double) counts.agreed() / counts.classRows() : null,
        any ? counts.shiftSum() / counts.rows() : null,
        any ? counts.shiftMax() : null,
        counts.failed(),
        counts.incomparable(),
        counts.dropped(),
        any ? latency(counts.live(), counts.shadow()) : null);
  }

  private static ShadowLatencyView latency(LatencyHistogram live, LatencyHistogram shadow) {
    double live50 = live.quantileMillis(0.5);
    double shadow50 = shadow.quantileMillis(0.5);
    double live99 = live.quantileMillis(0.99);
    double shadow99 = shadow.quantileMillis(0.99);
    return new ShadowLatencyView(
        live50, shadow50, shadow50 - live50, live99, shadow99, shadow99 - live99);
  }
}
