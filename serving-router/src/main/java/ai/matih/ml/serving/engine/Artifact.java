package ai.matih.ml.serving.engine;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * A stored bundle as the registry names it: where it lies and what every file of it must hash to.
 * The digest must follow from the files, so that nobody can name one and mean another.
 */
public record Artifact(String uri, BundleDigest digest, Map<String, String> files) {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern PATH =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@+ -]*(/[A-Za-z0-9_][A-Za-z0-9_.@+ -]*)*");
  private static final int MAX_FILES = 1_000;

  public Artifact {
    files = Map.copyOf(files);
    if (files.isEmpty() || files.size() > MAX_FILES) {
      throw refused("a bundle has between one and " + MAX_FILES + " files");
    }
    files.forEach(
        (path, sha) -> {
          if (!PATH.matcher(path).matches() || path.length() > 500) {
            throw refused("the file path is not a plain relative path");
          }
          if (!HEX.matcher(sha).matches()) {
            throw refused("file " + path + " has no SHA-256");
          }
        });
    if (!BundleDigest.of(files).equals(digest)) {
      throw new BundleRefused(
          BundleRefused.Part.DIGEST, "the digest does not follow from the digests of the files");
    }
  }

  private static BundleRefused refused(String reason) {
    return new BundleRefused(BundleRefused.Part.ARTIFACT, reason);
  }
}
