package ai.matih.ml.registry.artifact;

import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a model, named by what is in them.
 *
 * @param digest the canonical digest over all files
 * @param files SHA-256 (hexadecimal) by path below {@code model/}
 */
public record Bundle(Digest digest, Map<String, String> files) {

  public Bundle {
    files = Map.copyOf(files);
    if (!digest.equals(Digest.ofFiles(files))) {
      throw new IllegalArgumentException("the digest is not the one of these files");
    }
  }

  public static Bundle of(Map<String, String> files) {
    return new Bundle(Digest.ofFiles(files), files);
  }

  public boolean has(String path) {
    return files.containsKey(path);
  }

  /** In path order, for answers that read the same each time. */
  public Map<String, String> sortedFiles() {
    return new TreeMap<>(files);
  }
}
