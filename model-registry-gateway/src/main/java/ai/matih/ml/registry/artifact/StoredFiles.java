package ai.matih.ml.registry.artifact;

import ai.matih.ml.bundle.Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Files of the current tenant that were stored for a version that may never come: a preparation
 * fails, a registration is refused. Each is noted before its first byte is stored, so that it is
 * found again whatever happens then.
 */
public interface StoredFiles {

  /**
   * A note.
   *
   * @param at when they were stored last
   * @param readers jobs that read them
   */
  record Stored(UUID id, Digest digest, Instant at, List<String> readers) {
    public Stored {
      readers = List.copyOf(readers);
    }
  }

  /** These files are stored now; a note that is there begins anew. */
  void note(Digest digest);

  /** Jobs read them too; nothing happens when nobody noted them. */
  void readBy(Digest digest, String job);

  /** By the id of its row, as claims have it. */
  Optional<Stored> find(UUID id);

  void later(UUID id, Duration wait);

  void forget(UUID id);
}
