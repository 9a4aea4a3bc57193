package ai.matih.ml.serving.prediction;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.observation.AnsweredPrediction;
import ai.matih.ml.serving.observation.PredictionObserver;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last predictions of this router, in a ring: writing is one slot, looking one up may take the
 * whole ring.
 */
public final class RecentPredictions implements PredictionObserver {

  private final AtomicReferenceArray<Explanation> ring;
  private final AtomicLong next = new AtomicLong();

  public RecentPredictions(PredictionSettings settings) {
    this.ring = new AtomicReferenceArray<>(settings.remembered());
  }

  @Override
  public String name() {
    return "recent";
  }

  @Override
  public void answered(AnsweredPrediction prediction) {
    Explanation explanation =
        new Explanation(
            prediction.tenant(),
            prediction.requestId(),
            prediction.model(),
            prediction.target(),
            prediction.unitGiven(),
            prediction.batch().rows(),
            Instant.ofEpochMilli(prediction.atMillis()));
    ring.set((int) (next.getAndIncrement() % ring.length()), explanation);
  }

  /** The newest one with this request id, if it is not overwritten yet. */
  public Optional<Explanation> find(Tenant tenant, String requestId) {
    long newest = next.get();
    for (long i = newest - 1; i >= 0 && i >= newest - ring.length(); i--) {
      Explanation candidate = ring.get((int) (i % ring.length()));
      if (candidate != null
          && candidate.requestId().equals(requestId)
          && candidate.tenant().equals(tenant)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
