package ai.matih.ml.features.catalog;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/** One statement about where a thing stands, for machines. */
public record Condition(String type, Status status, String reason, String message, Instant since) {

  /** Whether the statement holds. */
  public enum Status {
    TRUE("true"),
    FALSE("false"),
    UNKNOWN("unknown");

    private final String wire;

    Status(String wire) {
      this.wire = wire;
    }

    @JsonValue
    public String wire() {
      return wire;
    }
  }
}
