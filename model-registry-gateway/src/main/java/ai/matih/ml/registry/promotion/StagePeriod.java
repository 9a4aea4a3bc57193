package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One version's stay in one stage.
 *
 * @param superseded in Production, but no longer the one that Production means
 */
public record StagePeriod(
    ModelId model,
    VersionNumber version,
    Stage stage,
    boolean superseded,
    Instant from,
    Optional<Instant> until,
    Optional<UUID> transition,
    String actor,
    Optional<String> reason) {

  /** Whether it was so at an instant. */
  public boolean covers(Instant at) {
    return !from.isAfter(at) && (until.isEmpty() || until.get().isAfter(at));
  }
}
