package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.Digest;
import java.time.Instant;

/**
 * Which files of versions are being removed, so that nobody begins to refer to them meanwhile.
 * Files are known by the digest of their bundle.
 */
public interface FileRemovals {

  /**
   * Keeps the files of a digest from being removed until the current transaction has ended, by
   * which a version refers to them.
   *
   * @param stored when they began to be stored
   * @return false when they were removed since, or are being removed
   */
  boolean hold(Digest digest, Instant stored);

  /** Lets no version begin to refer to these files before the current transaction has ended. */
  void lock(Digest digest);

  /**
   * Notes that these files are being removed; the caller holds their lock.
   *
   * @return how much that frees, as the first attempt counted it
   */
  long begin(Digest digest, long sizeBytes);

  void end(Digest digest);
}
