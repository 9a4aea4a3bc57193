package ai.matih.ml.registry.artifact;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;

/** Names a model that was logged with MLflow 3. */
public record LoggedModelId(@JsonValue String value) {

  @JsonCreator
  public LoggedModelId {
    if (!value.matches("m-[0-9a-f]{32}")) {
      throw new IllegalArgumentException("must look like m- and 32 hexadecimal digits");
    }
  }

  /** Empty for a text that cannot be such an id. */
  static Optional<LoggedModelId> parse(String text) {
    return text.matches("m-[0-9a-f]{32}") ? Optional.of(new LoggedModelId(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
