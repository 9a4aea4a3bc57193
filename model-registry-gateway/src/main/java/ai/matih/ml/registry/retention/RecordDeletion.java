package ai.matih.ml.registry.retention;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.model.FileRemovals;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.retention.Deletion.Cause;
import ai.matih.ml.registry.retention.Deletion.State;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Deletes and restores single versions. Every method works in the caller's transaction, which holds
 * the model's lock.
 */
public final class RecordDeletion {

  private final Versions versions;
  private final FileRemovals removals;
  private final Deletions deletions;
  private final EndTransitions transitions;
  private final ModelTransactions transactions;
  private final RetentionSettings settings;

  public RecordDeletion(
      Versions versions,
      FileRemovals removals,
      Deletions deletions,
      EndTransitions transitions,
      ModelTransactions transactions,
      RetentionSettings settings) {
    this.versions = versions;
    this.removals = removals;
    this.deletions = deletions;
    this.transitions = transitions;
    this.transactions = transactions;
    this.settings = settings;
  }

  Deletion delete(
      ModelId model,
      VersionNumber version,
      Digest digest,
      Optional<String> reason,
      String actor,
      Cause cause) {
    Instant now = transactions.now();
    Deletion deletion =
        new Deletion(
            UUID.randomUUID(),
            model,
            version,
            digest,
            cause,
            State.WAITING,
            actor,
            reason,
            now,
            now.plus(settings.gracePeriod()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    transitions.of(model, version, "The version was deleted.");
    versions.delete(model, version, now);
    deletions.add(deletion);
    transactions.record(
        "version.deleted",
        deletion.path(),
        Map.of("cause", cause, "artifact", digest, "reason", reason.orElse("")));
    return deletion;
  }

  /** Restores a version, or says why it is too late, with a place for its number. */
  Optional<String> restore(Deletion deletion) {
    if (deletion.state() != State.WAITING
        || !removals.hold(deletion.digest(), deletion.deletedAt())) {
      return Optional.of("The files of version %d are gone. Register its run again.");
    }
    if (!versions.restore(deletion.model(), deletion.version())) {
      return Optional.of("The run of version %d was registered again meanwhile.");
    }
    deletions.restored(deletion.id(), transactions.now());
    transactions.record("version.restored", deletion.path(), Map.of());
    return Optional.empty();
  }
}
