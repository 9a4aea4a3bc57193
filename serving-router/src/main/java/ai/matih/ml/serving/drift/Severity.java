package ai.matih.ml.serving.drift;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How far a distribution moved, by the usual bands of the population stability index. */
public enum Severity {
  /** Too few rows to tell, and nothing that would be told even so. */
  INSUFFICIENT_DATA(0),
  NONE(0),
  LOW(0.1),
  MEDIUM(0.15),
  HIGH(0.25),
  CRITICAL(0.5);

  private final double from;

  Severity(double from) {
    this.from = from;
  }

  /** The index from which on it is this severe. */
  public double from() {
    return from;
  }

  /** The band of an index. */
  static Severity of(double index) {
    Severity found = NONE;
    for (Severity severity : values()) {
      if (severity.compareTo(NONE) > 0 && index >= severity.from) {
        found = severity;
      }
    }
    return found;
  }

  /** The next milder band; there is none below {@code LOW}. */
  Severity milder() {
    return switch (this) {
      case INSUFFICIENT_DATA, NONE, LOW, MEDIUM -> LOW;
      case HIGH -> MEDIUM;
      case CRITICAL -> HIGH;
    };
  }

  public boolean isAtLeast(Severity other) {
    return compareTo(other) >= 0;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Severity> ofWire(String wire) {
    return Arrays.stream(values()).filter(severity -> severity.wireName().equals(wire)).findFirst();
  }
}
