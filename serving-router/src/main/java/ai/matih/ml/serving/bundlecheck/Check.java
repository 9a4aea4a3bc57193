package ai.matih.ml.serving.bundlecheck;

import java.util.Locale;
import java.util.Map;

/**
 * One thing that was tried, and how it went.
 *
 * @param detail one sentence for people
 * @param measured the numbers behind it
 */
public record Check(Name name, Outcome outcome, String detail, Map<String, Object> measured) {

  /** What came of it. */
  public enum Outcome {
    PASSED,
    FAILED,
    /** It was not tried, so nothing is known; the detail says why. */
    NOT_RUN;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

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
    return new Check(name, Outcome.PASSED, detail, measured);
  }

  static Check failed(Name name, String detail) {
    return new Check(name, Outcome.FAILED, detail, Map.of());
  }

  static Check failed(Name name, String detail, Map<String, Object> measured) {
    return new Check(name, Outcome.FAILED, detail, measured);
  }

  static Check notRun(Name name, String why) {
    return new Check(name, Outcome.NOT_RUN, why, Map.of());
  }

  public boolean passed() {
    return outcome == Outcome.PASSED;
  }
}
