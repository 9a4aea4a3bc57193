package ai.matih.ml.serving.prediction;

import java.util.Locale;
import java.util.Map;

/**
 * What the feature store has for one row, by feature reference. A feature whose newest value is
 * null is in neither map.
 */
public record FeatureRow(Map<String, Object> values, Map<String, Absence> absent) {

  /** Why there is no value that a model could rely on. */
  public enum Absence {
    /** No row of this entity is stored. */
    NOT_FOUND,
    /** The newest row is older than its view allows. */
    OUTSIDE_MAX_AGE;

    /** The name on the wire. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    String inWords() {
      return switch (this) {
        case NOT_FOUND -> "was not found";
        case OUTSIDE_MAX_AGE -> "is too old";
      };
    }
  }
}
