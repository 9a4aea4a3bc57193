package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files of a bundle, named by what is in them. The digest follows from the files, so that
 * nobody can name one and mean another.
 *
 * @param digest of the whole bundle
 * @param files SHA-256 (hexadecimal) by path below the bundle's folder
 */
public record BundleFiles(Digest digest, Map<String, String> files) {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
  private static final int MAX_FILES = 1_000;

  public BundleFiles {
    files = Map.copyOf(files);
    if (files.isEmpty() || files.size() > MAX_FILES) {
      throw new BundleRefused(Part.FILES, "A bundle has between one and " + MAX_FILES + " files.");
    }
    files.forEach(
        (path, sha) -> {
          BundlePath.check(path);
          if (!HEX.matcher(sha).matches()) {
            throw new BundleRefused(Part.FILES, "The file " + path + " has no SHA-256.");
          }
        });
    if (!Digest.ofFiles(files).equals(digest)) {
      throw new BundleRefused(
          Part.DIGEST, "The digest does not follow from the digests of the files.");
    }
  }

  public static BundleFiles of(Map<String, String> files) {
    return new BundleFiles(Digest.ofFiles(files), files);
  }

  public boolean has(String path) {
    return files.containsKey(path);
  }

  /** In path order, for answers that read the same each time. */
  public Map<String, String> sortedFiles() {
    return new TreeMap<>(files);
  }
}
