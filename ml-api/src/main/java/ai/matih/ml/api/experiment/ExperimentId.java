package ai.matih.ml.api.experiment;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;

/** An experiment's number as MLflow gives it. */
public record ExperimentId(@JsonValue String value) {

  private static final Pattern FORM = Pattern.compile("[0-9]{1,19}");

  public ExperimentId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("an experiment id is a number");
    }
  }

  /** Empty when the text cannot be an id; then nothing has it. */
  public static Optional<ExperimentId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new ExperimentId(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
