package ai.matih.ml.registry.retention;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The current tenant's deletions, and how long each model keeps what nobody deletes. */
public interface Deletions {

  /** What deletions of a model came to. */
  record Totals(int waiting, int removed, long freedBytes) {}

  void add(Deletion deletion);

  Optional<Deletion> find(UUID id);

  /** The one that stands; not one that was restored. */
  Optional<Deletion> of(ModelId model, VersionNumber version);

  /** Newest version first, below a number; restored ones are history and left out. */
  List<Deletion> list(ModelId model, Optional<VersionNumber> below, int limit);

  /** Those that can still be restored. */
  List<Deletion> waiting(ModelId model);

  Totals totals(ModelId model);

  void restored(UUID id, Instant at);

  void removed(UUID id, Instant at, long freedBytes, Optional<String> note);

  /** Tries again later, with the reason. */
  void later(UUID id, String why, Duration wait);

  /** Has the versions of a model changed in batches, instead of what was asked before. */
  void startBatches(BatchedChange change);

  /** By the id of its row, as claims have it; empty when it was replaced or is done. */
  Optional<BatchedChange> batches(UUID id);

  /** Notes how far it has come. */
  void advanceBatches(BatchedChange change);

  /** No batch of this model is left. */
  void endBatches(ModelId model);

  RetentionRevision retention(ModelId model);

  /** By the id of its row, as claims have it. */
  Optional<RetentionRevision> retention(UUID id);

  /** Stores the next revision, to be applied at once; the caller holds the model's lock. */
  void change(RetentionRevision next);

  /** Notes that it was applied. */
  void applied(UUID id, Duration next);
}
