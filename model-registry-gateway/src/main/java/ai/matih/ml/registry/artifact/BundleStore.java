package ai.matih.ml.registry.artifact;

import ai.matih.ml.bundle.BundleFiles;
import ai.matih.ml.bundle.Digest;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Bundles of the current tenant, kept by their digest, and beside each of them the reports about
 * it. Every method is repeatable; when there is no answer an {@code EngineFailure} says why.
 */
public interface BundleStore {

  /** Where a bundle of this digest lies or would lie, for example {@code s3://models/acme/3f…/}. */
  String uri(Digest digest);

  /**
   * Stores the files that are not there yet; what is there stays as it is.
   *
   * @param folder holds the bundle's files under their paths
   */
  void store(BundleFiles bundle, Path folder);

  /** Opens one file; empty when it is absent. The caller closes the stream. */
  Optional<InputStream> open(Digest digest, String path);

  /**
   * Keeps a report about a bundle, by what is in it. One that nobody refers to does no harm: it
   * goes with the files.
   */
  void storeReport(Digest bundle, byte[] report);

  /** A report's content; empty when it is absent. */
  Optional<byte[]> report(Digest bundle, Digest report);

  /** How much a bundle's files and the reports about it take; 0 when there are none. */
  long sizeBytes(Digest digest);

  /**
   * Removes what is there of a bundle's files and of the reports about it; that some or all are
   * gone already is no failure.
   */
  void remove(Digest digest);
}
