package ai.matih.ml.serving.routing;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who named a version lately, kept until the next report. Bounded: past the limit only known
 * callers are renewed.
 */
public final class PinnedCallers {

  private static final int MAX_KEPT = 10_000;

  /** A caller of a version. */
  public record Pin(Tenant tenant, ModelId model, long version, String principal) {}

  private final Map<Pin, Instant> seen = new ConcurrentHashMap<>();

  void seen(Tenant tenant, ModelId model, long version, String principal, Instant at) {
    Pin pin = new Pin(tenant, model, version, principal);
    if (seen.size() < MAX_KEPT || seen.containsKey(pin)) {
      seen.put(pin, at);
    }
  }

  /** What was seen since the last call; a report that fails gives it back with {@link #keep}. */
  Map<Pin, Instant> take() {
    Map<Pin, Instant> taken = new HashMap<>();
    seen.forEach(
        (pin, at) -> {
          if (seen.remove(pin, at)) {
            taken.put(pin, at);
          }
        });
    return taken;
  }

  void keep(Map<Pin, Instant> taken) {
    taken.forEach((pin, at) -> seen.putIfAbsent(pin, at));
  }
}
