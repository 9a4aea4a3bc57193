package ai.matih.ml.serving.drift;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.sketch.TimeWindow;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Drift of one arm, from the look that found it to the one that did not any more.
 *
 * @param severity the worst so far
 * @param features that counted at the last look
 * @param lastSeenAt the last look that found it
 * @param closedBecause {@code recovered} or {@code no_data}
 * @param outcome what became of the reaction
 * @param detail why it was left out or failed
 * @param jobId the training job that was submitted
 */
public record DriftAlert(
    String id,
    ModelId model,
    long version,
    String variant,
    TimeWindow window,
    Severity severity,
    List<String> features,
    Cause cause,
    Instant openedAt,
    Instant lastSeenAt,
    Optional<Instant> closedAt,
    Optional<String> closedBecause,
    Reaction reaction,
    Outcome outcome,
    Optional<String> detail,
    Optional<String> jobId) {

  /** What became of a reaction. */
  public enum Outcome {
    /** There was nothing to do. */
    NONE,
    PENDING,
    DONE,
    /** The other side refused; see the detail. */
    FAILED,
    /** Left out, because of cooldown, budget or cause. */
    LEFT_OUT;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public DriftAlert {
    features = List.copyOf(features);
  }

  DriftAlert seen(Severity now, List<String> counting, Cause why, Instant at) {
    return new DriftAlert(
        id,
        model,
        version,
        variant,
        window,
        now.compareTo(severity) > 0 ? now : severity,
        counting,
        why,
        openedAt,
        at,
        closedAt,
        closedBecause,
        reaction,
        outcome,
        detail,
        jobId);
  }

  DriftAlert closed(String because, Instant at) {
    return new DriftAlert(
        id,
        model,
        version,
        variant,
        window,
        severity,
        features,
        cause,
        openedAt,
        lastSeenAt,
        Optional.of(at),
        Optional.of(because),
        reaction,
        outcome,
        detail,
        jobId);
  }

  /** The same alert with what became of its reaction. */
  DriftAlert reacted(Outcome came, Optional<String> why, Optional<String> job) {
    return new DriftAlert(
        id,
        model,
        version,
        variant,
        window,
        severity,
        features,
        cause,
        openedAt,
        lastSeenAt,
        closedAt,
        closedBecause,
        reaction,
        came,
        why,
        job);
  }
}
