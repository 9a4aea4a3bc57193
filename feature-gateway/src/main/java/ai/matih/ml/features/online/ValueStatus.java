package ai.matih.ml.features.online;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is known about one value. */
public enum ValueStatus {
  PRESENT,
  /** The row is there and this feature of it is empty. */
  NULL,
  /** Nothing was ever stored for the entity. */
  NOT_FOUND,
  /** Stored, but older than the view's time to live. */
  OUTSIDE_MAX_AGE;

  /** Whether nothing is known, or nothing that is recent enough; a null is known. */
  public boolean isAbsent() {
    return this == NOT_FOUND || this == OUTSIDE_MAX_AGE;
  }

  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
