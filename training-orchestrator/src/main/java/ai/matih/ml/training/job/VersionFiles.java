package ai.matih.ml.training.job;

import java.util.Map;

/**
 * A version's files in the registry's store.
 *
 * @param digest of the bundle; its place in the store follows from it
 * @param files SHA-256 (hexadecimal) by path; the digest is theirs
 */
public record VersionFiles(String modelId, int number, String digest, Map<String, String> files) {

  public VersionFiles {
    files = Map.copyOf(files);
  }
}
