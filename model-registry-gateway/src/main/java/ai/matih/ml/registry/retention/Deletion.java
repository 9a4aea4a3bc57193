package ai.matih.ml.registry.retention;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One version's way out.
 *
 * @param removeAt from then on its files are removed; until then it can be restored
 * @param ended when the files were removed, or the version restored
 * @param freedBytes how much that freed; 0 when others have the same files
 * @param note what happened otherwise, or why it has not happened yet
 */
public record Deletion(
    UUID id,
    ModelId model,
    VersionNumber version,
    Digest digest,
    Cause cause,
    State state,
    String deletedBy,
    Optional<String> reason,
    Instant deletedAt,
    Instant removeAt,
    Optional<Instant> ended,
    Optional<Long> freedBytes,
    Optional<String> note) {

  /** The version's path, for audit rows. */
  String path() {
    return "models/" + model + "/versions/" + version;
  }

  /** Why it was deleted. */
  public enum Cause {
    ASKED,
    /** With its model. */
    MODEL,
    RETENTION
  }

  /** How far it has come. */
  public enum State {
    WAITING,
    REMOVED,
    RESTORED
  }
}
