package ai.matih.ml.registry.evidence;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at.
 *
 * @param detail what was found, for people
 * @param measured the numbers behind it
 */
public record Check(
    String name, Outcome outcome, String detail, @Nullable Map<String, Object> measured) {

  public static Check passed(String name, String detail, Map<String, Object> measured) {
    return new Check(name, Outcome.PASSED, detail, measured);
  }

  public static Check failed(String name, String detail) {
    return new Check(name, Outcome.FAILED, detail, null);
  }

  /** One that could not be made. */
  public static Check notRun(String name, String why) {
    return new Check(name, Outcome.NOT_RUN, why, null);
  }

  public boolean hasPassed() {
    return outcome == Outcome.PASSED;
  }
}
