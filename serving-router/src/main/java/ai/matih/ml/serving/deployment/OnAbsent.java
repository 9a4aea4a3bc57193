package ai.matih.ml.serving.deployment;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What becomes of a row for which the feature store has no usable value of a feature. */
public enum OnAbsent {
  /** It is answered with the input missing, and the answer says so. */
  SERVE,
  /** The prediction is refused. */
  FAIL;

  /** The name on the wire. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<OnAbsent> ofWire(String wire) {
    return Arrays.stream(values()).filter(one -> one.wireName().equals(wire)).findFirst();
  }
}
