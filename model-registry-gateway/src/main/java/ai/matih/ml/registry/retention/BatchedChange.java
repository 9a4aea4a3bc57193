package ai.matih.ml.registry.retention;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.util.Optional;
import java.util.UUID;

/**
 * A model whose versions are deleted or restored in batches.
 *
 * @param restoring whether they are restored; otherwise they are deleted
 * @param after the last version that a restore has handled
 */
public record BatchedChange(
    UUID id,
    ModelId model,
    boolean restoring,
    String askedBy,
    Optional<String> reason,
    Optional<VersionNumber> after) {

  static BatchedChange deletion(ModelId model, String askedBy, Optional<String> reason) {
    return new BatchedChange(UUID.randomUUID(), model, false, askedBy, reason, Optional.empty());
  }

  static BatchedChange restore(ModelId model, String askedBy) {
    return new BatchedChange(
        UUID.randomUUID(), model, true, askedBy, Optional.empty(), Optional.empty());
  }

  BatchedChange after(VersionNumber version) {
    return new BatchedChange(id, model, restoring, askedBy, reason, Optional.of(version));
  }
}
