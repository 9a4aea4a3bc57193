package ai.matih.ml.serving;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where the registry says a version stands. */
public enum Stage {
  DEVELOPMENT,
  STAGING,
  PRODUCTION,
  ARCHIVED;

  /** The name on the wire. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Stage> ofWire(String wire) {
    return Arrays.stream(values()).filter(stage -> stage.wireName().equals(wire)).findFirst();
  }
}
