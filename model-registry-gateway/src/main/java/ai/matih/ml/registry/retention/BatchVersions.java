package ai.matih.ml.registry.retention;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.model.Versions.VersionState;
import ai.matih.ml.registry.promotion.StageEvents;
import ai.matih.ml.registry.retention.Deletion.Cause;
import java.util.List;
import java.util.UUID;

/**
 * Deletes or restores the versions of a model in batches, each a transaction: one for thousands
 * would hold the model and the tenant's audit chain for as long as it takes. Whoever dies in
 * between is succeeded by somebody who goes on.
 */
public final class BatchVersions {

  static final int BATCH = 100;

  private final Versions versions;
  private final Deletions deletions;
  private final RecordDeletion record;
  private final RefuseInUse refuse;
  private final StageEvents events;
  private final ModelTransactions transactions;

  public BatchVersions(
      Versions versions,
      Deletions deletions,
      RecordDeletion record,
      RefuseInUse refuse,
      StageEvents events,
      ModelTransactions transactions) {
    this.versions = versions;
    this.deletions = deletions;
    this.record = record;
    this.refuse = refuse;
    this.events = events;
    this.transactions = transactions;
  }

  /** The versions that are not deleted. */
  List<VersionState> living(ModelId model) {
    return versions.states(model).stream().filter(version -> !version.deleted()).toList();
  }

  /** Takes the first batch, in the caller's transaction, which holds the model's lock. */
  List<Deletion> begin(BatchedChange change) {
    deletions.startBatches(change);
    return take(change);
  }

  /** Takes the next batch, if one is left. */
  public void next(UUID id) {
    transactions
        .call(() -> deletions.batches(id).map(BatchedChange::model))
        .ifPresent(
            model ->
                transactions.runLocked(
                    model,
                    // Whoever deletes or restores the model meanwhile makes another one of it.
                    () -> deletions.batches(id).ifPresent(this::take)));
  }

  private List<Deletion> take(BatchedChange change) {
    List<Deletion> taken = change.restoring() ? restore(change) : delete(change);
    events.mirror(change.model());
    return taken;
  }

  private List<Deletion> delete(BatchedChange change) {
    List<VersionState> living = living(change.model());
    List<Deletion> deleted =
        living.stream().limit(BATCH).map(version -> delete(change, version)).toList();
    if (living.size() <= BATCH) {
      deletions.endBatches(change.model());
    }
    return deleted;
  }

  private Deletion delete(BatchedChange change, VersionState version) {
    refuse.onceInProduction(change.model(), version.number());
    return record.delete(
        change.model(),
        version.number(),
        version.digest(),
        change.reason(),
        change.askedBy(),
        Cause.MODEL);
  }

  /** What cannot be restored any more stays deleted; it holds up nobody. */
  private List<Deletion> restore(BatchedChange change) {
    int after = change.after().map(VersionNumber::value).orElse(0);
    List<Deletion> next =
        deletions.waiting(change.model()).stream()
            .filter(deletion -> deletion.cause() == Cause.MODEL)
            .filter(deletion -> deletion.version().value() > after)
            .limit(BATCH)
            .toList();
    next.forEach(record::restore);
    if (next.size() < BATCH) {
      deletions.endBatches(change.model());
    } else {
      deletions.advanceBatches(change.after(next.getLast().version()));
    }
    return next;
  }
}
