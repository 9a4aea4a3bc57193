package ai.matih.ml.features.catalog;

import java.util.Optional;

/** The caller's data sets, by name. */
public interface Datasets {

  /** How a reference begins. */
  String PREFIX = "dataset:";

  /**
   * One version.
   *
   * @param reference with the digest of its bytes
   * @param uri of its Parquet file
   */
  record Version(String reference, String uri) {}

  /**
   * The version that a reference names: {@code dataset:name@sha256:…}, or without a digest the
   * current one. Asking may be repeated.
   *
   * @return empty when the caller has no such data set
   * @throws ai.matih.ml.common.http.EngineFailure when it cannot be asked
   */
  Optional<Version> find(String reference);
}
