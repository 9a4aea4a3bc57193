package ai.matih.ml.serving.abtest;

import java.util.Arrays;
import java.util.Locale;

/** What a test says about its challenger. */
public enum AbVerdict {
  /** Nothing yet. */
  NONE,
  BETTER,
  /** The whole confidence interval lies on the good side of the margin. */
  NOT_WORSE,
  WORSE,
  /** It ended before anything could be said. */
  INCONCLUSIVE,
  /** The numbers cannot be trusted. */
  INVALID;

  /** The name on the wire. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static AbVerdict ofWire(String wire) {
    return Arrays.stream(values())
        .filter(verdict -> verdict.wireName().equals(wire))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no verdict " + wire));
  }
}
