package ai.matih.ml.api.experiment;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * What MLflow takes as the name of a metric, parameter or tag, and how long its texts may be.
 *
 * <p>The one place for both: REST refuses by it, and the MLflow-compatible door where MLflow itself
 * would fail inside its database. Lengths are counted in code points, as MLflow and PostgreSQL
 * count.
 */
public final class TrackingLimits {

  public static final int KEY = 250;
  public static final int PARAM_VALUE = 6000;
  public static final int TAG_VALUE = 8000;
  public static final int EXPERIMENT_TAG_VALUE = 20_000;

  /** MLflow says 500; its database's column has 256. */
  public static final int EXPERIMENT_NAME = 256;

  public static final int RUN_NAME = 250;
  public static final int USER = 256;

  public static final String KEY_RULE =
      "is not a name: letters and digits of any script, / _ . - : and spaces, up to "
          + KEY
          + " characters, no empty or dotted part";

  /** As a schema says it; what leads elsewhere is refused besides. */
  public static final String KEY_PATTERN = "[\\p{L}\\p{N}_.\\- :]+(/[\\p{L}\\p{N}_.\\- :]+)*";

  /** Python's {@code \w} is every letter and every number of Unicode, and no combining mark. */
  private static final Pattern NAME = Pattern.compile("[/\\p{L}\\p{N}_.\\- :]+");

  private TrackingLimits() {}

  public static boolean isKey(String name) {
    return fits(name, KEY)
        && NAME.matcher(name).matches()
        && !name.startsWith("..")
        && Arrays.stream(name.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  public static boolean fits(String text, int max) {
    return text.length() <= max || text.codePointCount(0, text.length()) <= max;
  }
}
