package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import java.util.regex.Pattern;

/**
 * Which file names a bundle may have. They become object keys, local files and lines of a digest,
 * so only what reads the same in all three is taken.
 */
public final class BundlePath {

  private static final int MAX_LENGTH = 255;
  private static final int MAX_DEPTH = 8;
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+=@-]*");

  private BundlePath() {}

  /**
   * Checks one path below the bundle's folder.
   *
   * @throws BundleRefused when it leaves the bundle or is not plain
   */
  public static void check(String path) {
    String[] parts = path.split("/", -1);
    if (path.length() > MAX_LENGTH || parts.length > MAX_DEPTH) {
      throw new BundleRefused(
          Part.FILES,
          "A file name is longer than %d characters or deeper than %d folders."
              .formatted(MAX_LENGTH, MAX_DEPTH));
    }
    for (String part : parts) {
      if (!PART.matcher(part).matches()) {
        throw new BundleRefused(
            Part.FILES,
            "A file name has other characters than letters, digits and ._+=@- or a part that begins with a dot.");
      }
    }
  }
}
