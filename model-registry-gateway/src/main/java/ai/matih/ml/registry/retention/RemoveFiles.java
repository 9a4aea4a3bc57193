package ai.matih.ml.registry.retention;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.model.FileRemovals;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.model.Versions.VersionState;
import ai.matih.ml.registry.retention.Deletion.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Removes the files of a deleted version, and the reports about them, once it can no longer be
 * restored.
 *
 * <p>Files are kept by digest, so they go only when no other version has the same ones; the reports
 * beside them stay as long as they do. How much is freed is stored before the first file goes; a
 * removal that broke off goes on where it was and reports the whole. Files that are gone already
 * are no failure. The artifacts of the run in MLflow are the run's and stay.
 */
public final class RemoveFiles {

  private final FilesInUse files;
  private final FileRemovals removals;
  private final Deletions deletions;
  private final BundleStore bundles;
  private final RefuseInUse use;
  private final ModelTransactions transactions;
  private final RetentionSettings settings;

  public RemoveFiles(
      Versions versions,
      FileRemovals removals,
      Deletions deletions,
      BundleStore bundles,
      RefuseInUse use,
      ModelTransactions transactions,
      RetentionSettings settings) {
    this.files = new FilesInUse(versions, deletions);
    this.removals = removals;
    this.deletions = deletions;
    this.bundles = bundles;
    this.use = use;
    this.transactions = transactions;
    this.settings = settings;
  }

  /** Takes one deletion to its end, or notes why it has to wait. */
  public void remove(UUID id) {
    Optional<Deletion> due = transactions.call(() -> waiting(id));
    if (due.isEmpty()) {
      return;
    }
    Deletion deletion = due.get();
    try {
      if (use.isServed(deletion)) {
        later(deletion, "The router still serves it.");
        return;
      }
      long size = bundles.sizeBytes(deletion.digest());
      OptionalLong freed = transactions.locked(deletion.model(), () -> begin(deletion, size));
      if (freed.isPresent()) {
        bundles.remove(deletion.digest());
        transactions.run(() -> finish(deletion, freed.getAsLong()));
      }
    } catch (EngineFailure failure) {
      later(deletion, "%s gave no answer.".formatted(failure.engine()));
    }
  }

  private Optional<Deletion> waiting(UUID id) {
    return deletions
        .find(id)
        .filter(deletion -> deletion.state() == State.WAITING)
        .filter(deletion -> !transactions.now().isBefore(deletion.removeAt()));
  }

  /** What is going to be freed; empty when nothing is to be removed. */
  private OptionalLong begin(Deletion deletion, long size) {
    if (waiting(deletion.id()).isEmpty()) {
      return OptionalLong.empty();
    }
    removals.lock(deletion.digest());
    List<String> others =
        files.by(deletion.digest()).stream()
            .filter(owner -> !isOwn(owner, deletion))
            .map(VersionState::path)
            .toList();
    if (!others.isEmpty()) {
      deletions.removed(
          deletion.id(),
          transactions.now(),
          0,
          Optional.of("Its files stay: " + others.getFirst() + " has the same."));
      audit(deletion, 0);
      return OptionalLong.empty();
    }
    return OptionalLong.of(removals.begin(deletion.digest(), size));
  }

  private static boolean isOwn(VersionState owner, Deletion deletion) {
    return owner.model().equals(deletion.model()) && owner.number().equals(deletion.version());
  }

  private void finish(Deletion deletion, long freed) {
    Digest digest = deletion.digest();
    removals.end(digest);
    deletions.removed(deletion.id(), transactions.now(), freed, Optional.empty());
    audit(deletion, freed);
  }

  private void audit(Deletion deletion, long freed) {
    transactions.record(
        "version.files_removed",
        deletion.path(),
        Map.of("artifact", deletion.digest(), "freed_bytes", freed));
  }

  private void later(Deletion deletion, String why) {
    transactions.run(() -> deletions.later(deletion.id(), why, settings.retryAfter()));
  }
}
