package ai.matih.ml.serving.prediction;

import ai.matih.ml.common.tenant.Tenant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last predictions of this router, in a ring: writing is one slot, looking one up may take the
 * whole ring.
 */
public final class RecentPredictions {

  private final AtomicReferenceArray<Explanation> ring;
  private final AtomicLong next = new AtomicLong();

  public RecentPredictions(int kept) {
    this.ring = new AtomicReferenceArray<>(kept);
  }

  void add(Explanation explanation) {
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
