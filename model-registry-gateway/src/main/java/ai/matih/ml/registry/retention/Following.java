package ai.matih.ml.registry.retention;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.util.Optional;
import java.util.UUID;

/**
 * A model whose versions follow it batch by batch.
 *
 * @param restoring whether they come back; otherwise they are deleted
 * @param after the last version that was looked at on the way back
 */
public record Following(
    UUID id,
    ModelId model,
    boolean restoring,
    String askedBy,
    Optional<String> reason,
    Optional<VersionNumber> after) {

  static Following away(ModelId model, String askedBy, Optional<String> reason) {
    return new Following(UUID.randomUUID(), model, false, askedBy, reason, Optional.empty());
  }

  static Following back(ModelId model, String askedBy) {
    return new Following(
        UUID.randomUUID(), model, true, askedBy, Optional.empty(), Optional.empty());
  }

  Following after(VersionNumber version) {
    return new Following(id, model, restoring, askedBy, reason, Optional.of(version));
  }
}
