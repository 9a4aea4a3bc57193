package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The number of a bundle's format. The first one was written without it. */
public final class BundleFormat {

  public static final int NEWEST = 2;

  private static final String FIELD = "bundle_format";

  private BundleFormat() {}

  /**
   * The format that a signature names.
   *
   * @param signature the content of {@code signature.json}; empty when there is none
   * @throws BundleRefused for a format that is not known here
   */
  public static int of(Map<String, Object> signature) {
    return check(signature.getOrDefault(FIELD, 1));
  }

  static int check(@Nullable Object number) {
    if (number instanceof Integer format && format >= 1 && format <= NEWEST) {
      return format;
    }
    throw new BundleRefused(
        Part.SIGNATURE,
        "The bundle has the format %s; the formats 1 to %d are known here."
            .formatted(number, NEWEST));
  }
}
