package ai.matih.ml.api.experiment;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;

/** A run's id as MLflow gives it: 32 hex digits. */
public record RunId(@JsonValue String value) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

  public RunId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("a run id has 32 hex digits");
    }
  }

  /** Empty when the text cannot be an id; then nothing has it. */
  public static Optional<RunId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new RunId(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
