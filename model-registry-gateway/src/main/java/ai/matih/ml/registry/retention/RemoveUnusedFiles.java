package ai.matih.ml.registry.retention;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.artifact.StoredFiles;
import ai.matih.ml.registry.artifact.StoredFiles.Stored;
import ai.matih.ml.registry.model.FileRemovals;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.TrainingJobs;
import ai.matih.ml.registry.model.Versions;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * Removes files that were stored for a version and that no version needs: those of a failed or a
 * finished preparation, whose version has files of its own, and those of a refused registration.
 *
 * <p>They stay while a job that reads them goes on, and for a while after they were stored last,
 * since who asks again finds them there. A removal that broke off goes on where it was; meanwhile
 * nobody begins to refer to them.
 */
public final class RemoveUnusedFiles {

  private static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");

  private final StoredFiles stored;
  private final FilesInUse use;
  private final TrainingJobs jobs;
  private final FileRemovals removals;
  private final BundleStore bundles;
  private final ModelTransactions transactions;
  private final RetentionSettings settings;

  public RemoveUnusedFiles(
      StoredFiles stored,
      Versions versions,
      Deletions deletions,
      TrainingJobs jobs,
      FileRemovals removals,
      BundleStore bundles,
      ModelTransactions transactions,
      RetentionSettings settings) {
    this.stored = stored;
    this.use = new FilesInUse(versions, deletions);
    this.jobs = jobs;
    this.removals = removals;
    this.bundles = bundles;
    this.transactions = transactions;
    this.settings = settings;
  }

  /** Takes one note to its end, or looks at it again later. */
  public void remove(UUID id) {
    Optional<Stored> found = transactions.call(() -> stored.find(id));
    if (found.isEmpty()) {
      return;
    }
    Stored files = found.get();
    try {
      if (!files.readers().stream().allMatch(this::hasEnded)) {
        later(files);
        return;
      }
      long size = bundles.sizeBytes(files.digest());
      OptionalLong freed = transactions.call(() -> begin(files, size));
      if (freed.isPresent()) {
        bundles.remove(files.digest());
        transactions.run(() -> finish(files, freed.getAsLong()));
      }
    } catch (EngineFailure failure) {
      later(files);
    }
  }

  private boolean hasEnded(String job) {
    return jobs.find(job).map(found -> ENDED.contains(found.status())).orElse(true);
  }

  /** What is going to be freed; empty when nothing is to be removed now. */
  private OptionalLong begin(Stored files, long size) {
    removals.lock(files.digest());
    // Somebody may have stored them again, or another job may read them since.
    if (stored.find(files.id()).filter(files::equals).isEmpty()) {
      return OptionalLong.empty();
    }
    if (!use.by(files.digest()).isEmpty()) {
      stored.forget(files.id());
      return OptionalLong.empty();
    }
    return OptionalLong.of(removals.begin(files.digest(), size));
  }

  private void finish(Stored files, long freed) {
    removals.end(files.digest());
    stored.forget(files.id());
    transactions.record(
        "files.removed",
        "files/" + files.digest(),
        Map.of("artifact", files.digest(), "freed_bytes", freed));
  }

  private void later(Stored files) {
    transactions.run(() -> stored.later(files.id(), settings.retryAfter()));
  }
}
