package ai.matih.ml.serving.bundlecheck;

import java.util.Locale;
import java.util.Map;

/**
 * One thing that was tried, and how it went.
 *
 * @param detail one sentence for people
 * @param measured the numbers behind it
 */
public record Check(Name name, boolean passed, String detail, Map<String, Object> measured) {

  /** What is checked, in this order. */
  public enum Name {
    DIGEST,
    SIGNATURE,
    LOADS,
    GOLDEN_ROWS,
    DETERMINISM,
    MISSING_VALUES,
    BOUNDARY_VALUES,
    LATENCY;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Check {
    measured = Map.copyOf(measured);
  }

  static Check passed(Name name, String detail, Map<String, Object> measured) {
    return new Check(name, true, detail, measured);
  }

  static Check failed(Name name, String detail) {
    return new Check(name, false, detail, Map.of());
  }

  static Check failed(Name name, String detail, Map<String, Object> measured) {
    return new Check(name, false, detail, measured);
  }
}
