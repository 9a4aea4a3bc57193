package ai.matih.ml.registry.retention;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.retention.Deletion.Cause;
import ai.matih.ml.registry.retention.Deletion.State;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Deletes and restores single versions. Every method works in the caller's transaction, which holds
 * the model's lock.
 */
public final class RecordDeletion {

  private final Versions versions;
  private final Deletions deletions;
  private final EndTransitions transitions;
  private final Audit audit;
  private final RetentionSettings settings;
  private final Clock clock;

  public RecordDeletion(
      Versions versions,
      Deletions deletions,
      EndTransitions transitions,
      Audit audit,
      RetentionSettings settings,
      Clock clock) {
    this.versions = versions;
    this.deletions = deletions;
    this.transitions = transitions;
    this.audit = audit;
    this.settings = settings;
    this.clock = clock;
  }

  Deletion delete(
      ModelId model,
      VersionNumber version,
      Digest digest,
      Optional<String> reason,
      String actor,
      Cause cause) {
    Instant now = now();
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
    audit.record(
        "version.deleted",
        deletion.path(),
        Map.of("cause", cause, "artifact", digest, "reason", reason.orElse("")));
    return deletion;
  }

  /** Restores a version, or says why it is too late, with a place for its number. */
  Optional<String> restore(Deletion deletion) {
    if (deletion.state() != State.WAITING
        || !versions.holdFiles(deletion.digest(), deletion.deletedAt())) {
      return Optional.of("The files of version %d are gone. Register its run again.");
    }
    if (!versions.restore(deletion.model(), deletion.version())) {
      return Optional.of("The run of version %d was registered again meanwhile.");
    }
    deletions.restored(deletion.id(), now());
    audit.record("version.restored", deletion.path(), Map.of());
    return Optional.empty();
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
